"""Points of the state machine at which others' software is asked: an event with a task's token, and a limit of time.

    AskX ─ answered, failed or late ─▶ HearX ─ approved ─▶ …
                                         └ refused ▶ PermanentError

What an answer means is decided by the function, which knows the contract: here nothing looks into it.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct
from marquee.domain.keys import media_prefix
from marquee.domain.messages import PluginPoint, schema_of

from infra.constructs.steps import Step
from infra.plugins import Plugins

SOURCE = "marquee"
# The bus has not taken it: nobody was asked.
NOT_ASKED = ["EventBridge.FailedEntry", "EventBridge.SdkClientException"]
EXECUTION = ("asset_id", "version", "job_id", "attempt", "media_bucket", "source")


class PluginStates(Construct):
    """`ask` leads to `hear`; continue with `hear.next(…)`. `name` begins the states' names."""

    ask: tasks.EventBridgePutEvents
    hear: Step

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        point: PluginPoint,
        bus: events.IEventBus,
        function: lambda_.Function,
        answer_within_seconds: int,
        without_answer: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.hear = Step(
            self,
            f"Hear{name}",
            function=function,
            payload=sfn.TaskInput.from_object(
                {
                    **_execution(),
                    "caused_by": sfn.JsonPath.object_at("$.caused_by"),
                    "point": point,
                    "without_answer": without_answer,
                    "plugin": sfn.JsonPath.object_at("$.plugin"),
                }
            ),
        )
        self.ask = tasks.EventBridgePutEvents(
            self,
            f"Ask{name}",
            integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
            entries=[
                tasks.EventBridgePutEventsEntry(
                    detail=sfn.TaskInput.from_object(_call(point, answer_within_seconds)),
                    detail_type=f"plugin.{point}",
                    event_bus=bus,
                    source=SOURCE,
                )
            ],
            task_timeout=sfn.Timeout.duration(Duration.seconds(answer_within_seconds)),
            result_selector={"answer": sfn.JsonPath.object_at("$")},
            result_path="$.plugin",
        )
        self.ask.add_retry(
            errors=NOT_ASKED,
            interval=Duration.seconds(1),
            backoff_rate=2,
            max_attempts=5,
            max_delay=Duration.seconds(30),
            jitter_strategy=sfn.JitterType.FULL,
        )
        self.ask.add_catch(self.hear, errors=["States.ALL"], result_path="$.plugin")
        self.ask.next(self.hear)


class PluginPoints(Construct):
    """The points that an environment has switched on; of the others no state is made."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plugins: Plugins,
        bus: events.IEventBus,
        function: lambda_.Function,
    ) -> None:
        super().__init__(scope, construct_id)
        self._plugins = plugins
        self._bus = bus
        self._function = function

    def before_publish(self, *, then: sfn.State, refused: sfn.IChainable | None = None) -> sfn.State:
        """Where to go on instead of `then`, which publishes the film; `refused`: if nothing around catches errors."""
        choice = self._plugins.before_publish
        if choice is None:
            return then
        states = self._states(
            "BeforePublish", "before_publish", choice.answer_within_seconds, without_answer=choice.without_answer
        )
        if refused is not None:
            states.hear.add_catch(refused, errors=["States.ALL"], result_path="$.error")
        states.hear.next(then)
        return states.ask

    def after_ready(self, release: Step) -> None:
        """Ask after this step. What is said cannot fail a job: the film is watched."""
        choice = self._plugins.after_ready
        if choice is None:
            return
        states = self._states("AfterReady", "after_ready", choice.answer_within_seconds, without_answer="approve")
        unheard = sfn.Pass(self, "NobodyHeard")
        states.hear.add_catch(unheard, errors=["States.ALL"], result_path=sfn.JsonPath.DISCARD)
        release.next(states.ask)

    def _states(self, name: str, point: PluginPoint, seconds: int, *, without_answer: str) -> PluginStates:
        return PluginStates(
            self,
            f"{name}States",
            name=name,
            point=point,
            bus=self._bus,
            function=self._function,
            answer_within_seconds=seconds,
            without_answer=without_answer,
        )


def _call(point: PluginPoint, answer_within_seconds: int) -> dict[str, object]:
    """`marquee.domain.messages.PluginCall`, as the state machine writes it."""
    name = f"plugin.{point}"
    prefix = media_prefix("{}", 0).replace("/0/", "/{}/")
    path = sfn.JsonPath
    return {
        "schema": schema_of(name),
        "id": path.format("evt_{}_" + name.replace(".", "-"), path.string_at("$$.Execution.Name")),
        "time": path.string_at("$$.State.EnteredTime"),
        **_execution(),
        "point": point,
        "media_prefix": path.format(prefix, path.string_at("$.asset_id"), path.string_at("$.version")),
        "task_token": path.task_token,
        "answer_within_seconds": answer_within_seconds,
    }


def _execution() -> dict[str, object]:
    """The execution's own input, which every state passes on."""
    return {name: sfn.JsonPath.object_at(f"$.{name}") for name in EXECUTION}
