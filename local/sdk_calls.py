"""Corrects how the Step Functions engine calls other services itself (`aws-sdk:` integrations)."""

from __future__ import annotations

import datetime
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk

# How AWS begins the names of a service's errors; the engine knows two.
_ERROR_NAMES = {"transcribe": "Transcribe"}


def make_sdk_calls_strict() -> None:
    """Once per process: errors have AWS' names, and times are text, as states pass JSON."""
    kind = state_task_service_aws_sdk.StateTaskServiceAwsSdk
    state_task_service_aws_sdk._SERVICE_ERROR_NAMES.update(_ERROR_NAMES)
    if getattr(kind, "_marquee", False):
        return
    kind._marquee = True
    call = kind._eval_service_task

    def call_and_write_times(self: Any, env: Any, *given: Any, **named: Any) -> None:
        call(self, env, *given, **named)
        env.stack.append(_plain(env.stack.pop()))

    kind._eval_service_task = call_and_write_times


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.datetime) else value
