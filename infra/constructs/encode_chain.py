"""How one order, a shard or an audio track, gets encoded and published.

                     ┌ lambda ─▶ EncodeOnLambda ──────────┐ done
    ChooseRunner ────┤              │ lost                ├──────▶ Publish
                     └ fargate ▶ EncodeOnSpot ────────────┤
                                    │ failed              │
              ┌──────────▶ EncodeOnDemand ────────────────┘
              │                     │ failed (as Spot's)
    WaitABit ◀── TriesLeft ◀── ExitCode ── 65 ──▶ Refused

Permanent errors end the chain with `PermanentError` wherever they happen; the worker has written the reason
to the job's failure object by then.
"""

from __future__ import annotations

from typing import Literal

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.encode_worker import EncodeWorker
from infra.constructs.retries import PERMANENT
from infra.constructs.steps import Step
from infra.constructs.worker_task import CapacityProvider, RunWorker

OrderKind = Literal["Video", "Audio"]

EXIT_PERMANENT = 65
TRIES = 5  # of a task, the one on Spot included
LONGEST_WAIT_SECONDS = 5
LONGEST_TASK = Duration.hours(2)


class EncodeChain(Construct):
    """States of one item; begins with `start`. Its input is `{"order", "runner", "tries": 0}`.

    State names are unique over the whole machine, so each map has its own chain, named by `kind`.
    """

    start: sfn.IChainable

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kind: OrderKind,
        worker: EncodeWorker,
        publish: lambda_.Function,
    ) -> None:
        super().__init__(scope, construct_id)
        self._kind = kind
        self._worker = worker
        self._published = self._create_publish(publish)
        self._refused = sfn.Fail(
            self,
            f"Refuse{kind}",
            error=PERMANENT,
            cause="The worker said that trying again cannot help; its reason is in the job's failure object.",
        )
        on_demand = self._run_task("OnDemand", "FARGATE", max_attempts=6)
        on_spot = self._run_task("OnSpot", "FARGATE_SPOT", max_attempts=1)
        failed = self._read_failure(otherwise=self._try_again(on_demand))
        for task in (on_demand, on_spot):
            task.add_catch(failed, errors=["States.ALL"], result_path="$.failure")
            task.next(self._published)
        self.start = (
            sfn.Choice(self, f"Choose{kind}Runner")
            .when(sfn.Condition.string_equals("$.runner", "lambda"), self._create_on_lambda(on_demand))
            .otherwise(on_spot)
        )

    def _create_on_lambda(self, on_demand: sfn.IChainable) -> Step:
        step = Step(
            self,
            f"Encode{self._kind}OnLambda",
            function=self._worker.function,
            payload=sfn.TaskInput.from_json_path_at("$.order"),
            attempts=2,
            timeouts_too=True,
        )
        step.add_catch(self._refused, errors=[PERMANENT], result_path="$.failure")
        step.add_catch(on_demand, errors=["States.ALL"], result_path="$.failure")
        step.next(self._published)
        return step

    def _try_again(self, on_demand: RunWorker) -> sfn.IChainable:
        """Exit codes are no error names, so a Retry cannot tell them apart: this loop is one that can."""
        count = sfn.Pass(
            self,
            f"Count{self._kind}Try",
            parameters={
                "order": sfn.JsonPath.object_at("$.order"),
                "failure": sfn.JsonPath.object_at("$.failure"),
                "tries": sfn.JsonPath.math_add(sfn.JsonPath.number_at("$.tries"), 1),
                "wait_seconds": sfn.JsonPath.math_random(1, LONGEST_WAIT_SECONDS),
            },
        )
        left = sfn.Choice(self, f"{self._kind}TriesLeft")
        wait = sfn.Wait(self, f"Wait{self._kind}", time=sfn.WaitTime.seconds_path("$.wait_seconds"))
        gave_up = sfn.Fail(self, f"GiveUp{self._kind}", error_path="$.failure.Error", cause_path="$.failure.Cause")
        left.when(sfn.Condition.number_less_than("$.tries", TRIES), wait.next(on_demand)).otherwise(gave_up)
        return count.next(left)

    def _read_failure(self, *, otherwise: sfn.IChainable) -> sfn.IChainable:
        """Refuse when the task's own exit code says so; a task that never ran has none."""
        failure = sfn.Choice(self, f"{self._kind}Failure")
        parse = sfn.Pass(
            self,
            f"Read{self._kind}Task",
            parameters={"task": sfn.JsonPath.string_to_json(sfn.JsonPath.string_at("$.failure.Cause"))},
            result_path="$.stopped",
        )
        # All containers': AWS may have added one of its own, and one that never ran has no code.
        codes = sfn.JsonPath.list_at("$.stopped.task.Containers[*].ExitCode")
        look = sfn.Pass(
            self,
            f"Read{self._kind}ExitCode",
            parameters={"permanent": sfn.JsonPath.array_contains(codes, EXIT_PERMANENT)},
            result_path="$.verdict",
        )
        verdict = sfn.Choice(self, f"Is{self._kind}Permanent")
        verdict.when(sfn.Condition.boolean_equals("$.verdict.permanent", True), self._refused)
        verdict.otherwise(otherwise)
        stopped = sfn.Condition.and_(
            sfn.Condition.string_equals("$.failure.Error", "States.TaskFailed"),
            sfn.Condition.string_matches("$.failure.Cause", "{*"),
        )
        failure.when(stopped, parse.next(look).next(verdict)).otherwise(otherwise)
        return failure

    def _run_task(self, runner: str, capacity_provider: CapacityProvider, *, max_attempts: int) -> RunWorker:
        worker = self._worker
        return RunWorker(
            self,
            f"Encode{self._kind}{runner}",
            cluster=worker.cluster,
            placement=worker.placement,
            task=worker.task,
            order_path="$.order",
            capacity_provider=capacity_provider,
            max_attempts=max_attempts,
            longest=LONGEST_TASK,
        )

    def _create_publish(self, publish: lambda_.Function) -> Step:
        return Step(
            self,
            f"Publish{self._kind}",
            function=publish,
            payload=sfn.TaskInput.from_object({"order": sfn.JsonPath.object_at("$.order")}),
            # thousands of items share one result of 256 KiB
            output_path="$.order.index",
        )
