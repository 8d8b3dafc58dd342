"""Executions of the state machine in Step Functions (`domain.ports.Executions`)."""

from __future__ import annotations

import json
from typing import cast

from marquee.adapters.aws import JsonService, ServiceError
from marquee.domain.messages import schema_of
from marquee.domain.pipeline import Execution, ExecutionStatus
from marquee.domain.trace import current_trace, parse_traceparent


class StepFunctionsExecutions:
    """Executions of one state machine. The name makes starting idempotent."""

    def __init__(self, state_machine_arn: str) -> None:
        self._arn = state_machine_arn
        self._service = JsonService("The pipeline", "states", variable="SFN", target="AWSStepFunctions", version="1.0")

    def start(self, execution: Execution) -> None:
        trace = current_trace.get() or parse_traceparent(execution.caused_by.trace)
        begun_by = {"traceHeader": trace.header()} if trace else {}
        try:
            self._service.call(
                "StartExecution",
                stateMachineArn=self._arn,
                name=execution.name,
                # what is handed over is a message, so that another release knows how to read it
                input=json.dumps({"schema": schema_of(execution.message), **execution.model_dump(mode="json")}),
                **begun_by,
            )
        except ServiceError as error:
            if error.code != "ExecutionAlreadyExists":
                raise

    def stop(self, name: str, reason: str) -> None:
        try:
            self._service.call("StopExecution", executionArn=self._execution_arn(name), cause=reason)
        except ServiceError as error:
            if error.code != "ExecutionDoesNotExist":
                raise

    def status(self, name: str) -> ExecutionStatus | None:
        try:
            answer = self._service.call("DescribeExecution", executionArn=self._execution_arn(name))
        except ServiceError as error:
            if error.code == "ExecutionDoesNotExist":
                return None
            raise
        return cast(ExecutionStatus, answer["status"])

    def _execution_arn(self, name: str) -> str:
        """Executions are the machine's, also those that were started in an alias of it."""
        machine = ":".join(self._arn.split(":")[:7])
        return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
