"""How an environment takes a new release: at once, or a tenth of the calls first."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

CANARY_PERCENT = 10


class Rollout(BaseModel):
    """For `canary_minutes` a tenth of the calls and jobs goes to the new release; an alarm brings the old one back.

    0: all at once. `failing_percent`: of the API's answers, and `failing_jobs`: in five minutes, are the alarms.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    canary_minutes: Literal[0, 5, 10, 15, 30] = 0
    failing_percent: float = Field(default=5, gt=0, le=100)
    failing_jobs: int = Field(default=3, ge=1)
