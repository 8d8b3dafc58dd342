"""What an environment chooses about being watched: `infra/environments.py` holds the choices themselves."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MailAddress = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class Observability(BaseModel):
    """`mail`: who hears of alarms and of the budget; each has to agree by a mail of Amazon's first. With none,
    alarms are seen in the console and heard by whoever subscribes to the topic.

    `monthly_budget_usd`: told at four fifths of it, and when the forecast is above it. The rest are what is
    still well: an answer (95 of 100), a film's first second (nine of ten), a message's wait.

    `early_alarms`: also those for what is slow, full or refused but not lost; each metric under alarm costs a little.

    `sentry_dsn`: where processes that reach the internet tell their errors, besides the log; empty: nowhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mail: tuple[MailAddress, ...] = ()
    monthly_budget_usd: int = Field(ge=1)
    answer_seconds: float = Field(default=2.5, gt=0)
    first_playable_seconds: float = Field(default=120.0, gt=0)
    queue_wait_seconds: float = Field(default=600.0, gt=0)
    early_alarms: bool = True
    sentry_dsn: str = Field(default="", pattern=r"^(https://[^@/\s]+@[^/\s]+/\S+)?$")
