"""The state machine that turns a source into a published asset."""

from __future__ import annotations

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.analysis_chain import AnalysisChain
from infra.constructs.captions_chain import CaptionsChain
from infra.constructs.cause import known_cause
from infra.constructs.encode_film import EncodeFilm
from infra.constructs.encode_worker import EncodeWorker
from infra.constructs.enrich_steps import EnrichFunctions
from infra.constructs.findings import accept_of
from infra.constructs.pipeline_functions import PipelineFunctions
from infra.constructs.plugins import PluginPoints
from infra.constructs.released_machine import ReleasedStateMachine
from infra.constructs.steps import Step
from infra.constructs.text_chain import TextChain
from infra.environments import Environment

LONGEST_JOB = Duration.hours(24)


class TranscodeStateMachine(ReleasedStateMachine):
    """Probe ▶ Plan ▶ (Film ‖ Text ‖ Captions) ▶ Analysis ▶ Finish; any error of the film ▶ RecordFailure.

    The film is released within its branch, so that nothing else holds it back (`EncodeFilm`).

    Input: `{"asset_id", "version", "job_id", "attempt", "media_bucket", "source": {"bucket", "key",
    "version_id"}, "caused_by"}`, the last as `marquee.domain.work.Cause`. The execution's name is
    `{asset_id}-{version}-{attempt}`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        functions: PipelineFunctions,
        enrichers: EnrichFunctions,
        worker: EncodeWorker,
        media_bucket: str,
        bus: events.IEventBus,
    ) -> None:
        states = TranscodeStates(
            scope,
            f"{construct_id}States",
            environment=environment,
            functions=functions,
            enrichers=enrichers,
            worker=worker,
            media_bucket=media_bucket,
            bus=bus,
        )
        super().__init__(
            scope,
            construct_id,
            environment=environment,
            start=states.start,
            longest=LONGEST_JOB,
        )


class TranscodeStates(Construct):
    """The definition, from `start`."""

    start: sfn.IChainable

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        functions: PipelineFunctions,
        enrichers: EnrichFunctions,
        worker: EncodeWorker,
        media_bucket: str,
        bus: events.IEventBus,
    ) -> None:
        super().__init__(scope, construct_id)
        self._environment = environment
        self._enrichers = enrichers
        self._media_bucket = media_bucket
        probe = Step(
            self,
            "Probe",
            function=functions.probe,
            result_selector={"media_info_key": sfn.JsonPath.string_at("$.Payload.media_info_key")},
            result_path="$.probe",
        )
        plan = self._plan(functions.plan)
        asked = PluginPoints(self, "Plugins", plugins=environment.plugins, bus=bus, function=functions.plugin)
        make = sfn.Parallel(self, "Make", result_path=sfn.JsonPath.DISCARD)
        film = EncodeFilm(
            self, "Film", environment=environment, functions=functions, enrichers=enrichers, worker=worker, asked=asked
        )
        make.branch(film.start)
        make.branch(self._text())
        finish = Step(self, "Finish", function=functions.finish)
        failed = self._failure(functions.fail)
        for state in (probe, plan, make, finish):
            state.add_catch(failed, errors=["States.ALL"], result_path="$.error")
        if environment.enrichment.captions_provider != "off":
            make.branch(self._captions())
        held = environment.enrichment.moderation != "allow"  # then it is Finish that publishes
        end = asked.before_publish(then=finish, refused=failed) if held else finish
        probe.next(plan).next(make).next(self._analysis(end))
        self.start = known_cause(self, then=probe)

    def _plan(self, function: lambda_.Function) -> Step:
        wanted = {name: sfn.JsonPath.string_at(f"$.Payload.{name}") for name in ("captions", "analysis", "subtitles")}
        return Step(
            self,
            "Plan",
            function=function,
            result_selector={
                "bucket": sfn.JsonPath.string_at("$.Payload.bucket"),
                "plan_key": sfn.JsonPath.string_at("$.Payload.plan_key"),
                "items_key": sfn.JsonPath.string_at("$.Payload.items_key"),
                "audio": sfn.JsonPath.object_at("$.Payload.audio"),
                **wanted,
            },
            result_path="$.plan",
        )

    def _text(self) -> sfn.IChainable:
        over = sfn.Pass(self, "TextOver")
        chain = TextChain(self, "Text", functions=self._enrichers, end=over)
        brought = sfn.Choice(self, "BringsText")
        return brought.when(sfn.Condition.boolean_equals("$.plan.subtitles", True), chain.start).otherwise(over)

    def _captions(self) -> sfn.IChainable:
        over = sfn.Pass(self, "CaptionsOver")
        chain = CaptionsChain(
            self,
            "Captions",
            environment=self._environment,
            functions=self._enrichers,
            media_bucket=self._media_bucket,
            end=over,
        )
        wanted = sfn.Choice(self, "WantsCaptions")
        return wanted.when(sfn.Condition.boolean_equals("$.plan.captions", True), chain.start).otherwise(over)

    def _analysis(self, end: sfn.State) -> sfn.IChainable:
        if self._environment.enrichment.analysis_provider == "off":
            return end
        chain = AnalysisChain(self, "Analysis", functions=self._enrichers, analyzed=end, end=end)
        wanted = sfn.Choice(self, "WantsAnalysis")
        return wanted.when(sfn.Condition.boolean_equals("$.plan.analysis", True), chain.start).otherwise(end)

    def _failure(self, function: lambda_.Function) -> sfn.IChainable:
        record = Step(self, "RecordFailure", function=function)
        return record.next(sfn.Fail(self, "Failed", error_path="$.error.Error", cause_path="$.error.Cause"))


def allow_execution_control(state_machine: sfn.StateMachine, grantee: lambda_.Function, *actions: str) -> None:
    """Let `grantee` do these `states:` actions to this machine's executions."""
    name = state_machine.state_machine_name
    arn = Stack.of(state_machine).format_arn(
        service="states", resource="execution", resource_name=f"{name}:*", arn_format=ArnFormat.COLON_RESOURCE_NAME
    )
    by_name = "AwsSolutions-IAM5[Resource::<any>:execution:<any>:*]"
    accept_of(grantee, "Executions get their names when they start.", by_name)
    iam.Grant.add_to_principal(grantee=grantee, actions=[f"states:{action}" for action in actions], resource_arns=[arn])
