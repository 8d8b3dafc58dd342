"""A step of the pipeline: one Lambda function called by the state machine."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.constructs.retries import retry_lambda

# Longer than the function may run, so that a function that is stuck ends with Lambda's own error.
MARGIN = Duration.seconds(30)


class Step(tasks.LambdaInvoke):
    """Calls the current version of `function` with `payload` (default: the whole state); its answer goes to
    `result_path`.

    `patience`: how long beyond the function's own limit is waited for it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.Function,
        payload: sfn.TaskInput | None = None,
        result_selector: Mapping[str, object] | None = None,
        result_path: str = sfn.JsonPath.DISCARD,
        output_path: str | None = None,
        attempts: int = 6,
        timeouts_too: bool = False,
        patience: Duration = MARGIN,
    ) -> None:
        if function.timeout is None:
            raise ValueError(f"{function.node.path} has no timeout")
        super().__init__(
            scope,
            construct_id,
            lambda_function=function.current_version,
            payload=payload,
            result_selector=dict(result_selector) if result_selector else None,
            result_path=result_path,
            output_path=output_path,
            task_timeout=sfn.Timeout.duration(function.timeout.plus(patience)),
            retry_on_service_exceptions=False,  # classified below, with jitter and a cap
        )
        self._function = function
        retry_lambda(self, attempts=attempts, timeouts_too=timeouts_too)

    def _when_bound_to_graph(self, graph: sfn.StateGraph) -> None:
        """Jobs that began before a deployment still call the version that they began with."""
        super()._when_bound_to_graph(graph)
        arn = self._function.function_arn
        graph.register_policy_statement(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[arn, f"{arn}:*"])
        )
