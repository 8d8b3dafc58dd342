"""What a failed step says of itself, as it is told to people."""

from __future__ import annotations

import json
from typing import Any

from marquee.domain.jobs import Problem
from marquee.domain.pipeline import StepError

_DIED = Problem(code="worker_died", message="The machine that worked on it gave up; try it again.")
_LATE = Problem(code="timed_out", message="It took longer than it may; try it again.")
_AWAY = Problem(code="temporarily_unavailable", message="A part of the system was away for too long; try it again.")
_BUG = Problem(code="internal_error", message="Something went wrong on our side; try it again.")
_BY_NAME = {
    "Lambda.Unknown": _DIED,
    "Runtime.ExitError": _DIED,
    "States.TaskFailed": _DIED,
    "States.Timeout": _LATE,
    "Sandbox.Timedout": _LATE,
    "TransientError": _AWAY,
    "InterruptedWork": _AWAY,
}


def said_on_purpose(error: StepError) -> Problem | None:
    """The words of a step that refused; None when nobody foresaw the error."""
    if error.Error != "PermanentError":
        return None
    return problem_in(loaded(error.Cause).get("errorMessage")) or problem_in(error.Cause)


def task_reason_of(error: StepError) -> Problem:
    """Why a task failed that never fails its job."""
    if error.Error == "Transcribe.Failed":
        return Problem(code="provider_refused", message=f"Amazon Transcribe would not: {error.Cause}")
    return said_on_purpose(error) or _BY_NAME.get(error.Error, _BUG)


def problem_in(text: object) -> Problem | None:
    """`{code, message}` in a text, if that is what it is."""
    said = loaded(text)
    code, message = said.get("code"), said.get("message")
    if not isinstance(code, str) or not isinstance(message, str):
        return None
    return Problem(code=code, message=message)


def loaded(text: object) -> dict[str, Any]:
    """A JSON object in a text; anything else is an empty one."""
    try:
        found = json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
