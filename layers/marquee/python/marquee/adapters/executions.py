"""Executions of the state machine in Step Functions (`domain.ports.Executions`)."""

from __future__ import annotations

from botocore.exceptions import ClientError

from marquee.adapters.aws import code_of, configuration, new_session, translated
from marquee.domain.pipeline import Execution, ExecutionStatus


class StepFunctionsExecutions:
    """Executions of one state machine. The name makes starting idempotent."""

    def __init__(self, state_machine_arn: str) -> None:
        self._arn = state_machine_arn
        self._client = new_session().client("stepfunctions", config=configuration())

    def start(self, execution: Execution) -> None:
        with translated("The pipeline"):
            try:
                self._client.start_execution(
                    stateMachineArn=self._arn, name=execution.name, input=execution.model_dump_json()
                )
            except ClientError as error:
                if code_of(error) != "ExecutionAlreadyExists":
                    raise

    def stop(self, name: str, reason: str) -> None:
        with translated("The pipeline"):
            try:
                self._client.stop_execution(executionArn=self._execution_arn(name), cause=reason)
            except ClientError as error:
                if code_of(error) != "ExecutionDoesNotExist":
                    raise

    def status(self, name: str) -> ExecutionStatus | None:
        with translated("The pipeline"):
            try:
                return self._client.describe_execution(executionArn=self._execution_arn(name))["status"]
            except ClientError as error:
                if code_of(error) == "ExecutionDoesNotExist":
                    return None
                raise

    def _execution_arn(self, name: str) -> str:
        return f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
