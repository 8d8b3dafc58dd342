"""What an environment asks of others' software on a film's way: `infra/environments.py` holds the choices."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

# Within the day that a job may take, however often it is started again.
LONGEST_ANSWER_SECONDS = 6 * 3600


class AskedBeforePublish(BaseModel):
    """Nobody can watch a film, not even while it is encoded, until whoever listens on the bus has approved it.

    `without_answer`: what silence, an error and garbage mean.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer_within_seconds: int = Field(default=900, ge=10, le=LONGEST_ANSWER_SECONDS)
    without_answer: Literal["approve", "refuse"] = "refuse"


class ToldWhenReady(BaseModel):
    """The job waits for whoever listens on the bus to be done with the film; viewers do not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer_within_seconds: int = Field(default=900, ge=10, le=LONGEST_ANSWER_SECONDS)


class Plugins(BaseModel):
    """Nobody is asked where a point is None: then the state machine has no such state (docs/extending.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before_publish: AskedBeforePublish | None = None
    after_ready: ToldWhenReady | None = None
