"""A plug-in was asked about a film: what its answer, or its silence, means for the job."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import PermanentError, UnknownSchema
from marquee.domain.jobs import Problem
from marquee.domain.messages import PluginAnswer, PluginPoint, check_schema
from marquee.domain.pipeline import Execution
from marquee.domain.stores import JobStore

logger = logging.getLogger("marquee.plugins")

SILENT = Problem(code="plugin_unanswered", message="A plug-in was asked about the film and gave no answer.")


class PluginHeard(Execution):
    """Input. `plugin` is `{"answer": …}`, whatever it was that the plug-in said, or Step Functions' error."""

    point: PluginPoint
    without_answer: Literal["approve", "refuse"]
    plugin: Mapping[str, Any]


@dataclass(frozen=True)
class HearPlugin:
    """A step of the state machine. May run again.

    Before a film is published a refusal ends the job; afterwards nothing a plug-in says does more than warn.
    """

    jobs: JobStore
    clock: Clock = utc_now

    def __call__(self, heard: PluginHeard) -> None:
        answer = _answer_in(heard.plugin)
        if answer is not None and answer.answer == "approve":
            return
        problem = SILENT if answer is None else _refusal(answer)
        allowed = answer is None and heard.without_answer == "approve"
        logger.warning("a plug-in did not approve", extra={"point": heard.point, "code": problem.code})
        if heard.point == "before_publish" and not allowed:
            raise PermanentError(problem.message, code=problem.code)
        self.jobs.add_warning(heard.job_id, problem, self.clock())


def _answer_in(plugin: Mapping[str, Any]) -> PluginAnswer | None:
    """None for garbage, for an answer of another version, and for none at all."""
    said = plugin.get("answer")
    try:
        check_schema(said if isinstance(said, dict) else {})
        return PluginAnswer.model_validate(said)
    except (UnknownSchema, ValidationError):
        logger.warning("not an answer", extra={"said": str(said or plugin)[:500]})
        return None


def _refusal(answer: PluginAnswer) -> Problem:
    because = f": {answer.reason}" if answer.reason else "."
    return Problem(code="plugin_refused", message=f"A plug-in refused the film{because}")
