"""Take a player's report of where its viewer is."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import TransientError
from marquee.domain.media import Model
from marquee.domain.metrics import Metrics
from marquee.domain.watch_stores import Kept, LiveWatch, Recorded, WatchKey, WatchStore
from marquee.domain.watching import NEVER_WATCHED, Report, WatchStatus, accept

logger = logging.getLogger("marquee.progress")

LONGEST_SECONDS = 48 * 3600.0
EPOCH, FAR_FUTURE = datetime(1970, 1, 1, tzinfo=UTC), datetime(2286, 1, 1, tzinfo=UTC)
MOVIE_ID = r"^[A-Za-z0-9_-]{1,64}$"

DIRECT_A_SECOND = 10.0
DIRECT_ATTEMPTS = 4
DIRECT_PAUSE_SECONDS = 0.05

Moment = Annotated[AwareDatetime, Field(ge=EPOCH, lt=FAR_FUTURE)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class NewProgress(BaseModel):
    """`client_time` only has to go forward within a session: let players count it from the session's start on a
    monotonic clock. Positions in seconds of the movie."""

    session_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    session_started_at: Moment
    position_seconds: Annotated[float, Field(ge=0, le=LONGEST_SECONDS, allow_inf_nan=False)]
    duration_seconds: Annotated[float, Field(ge=0.001, le=LONGEST_SECONDS, allow_inf_nan=False)]
    device: Text
    client_time: Moment

    @model_validator(mode="after")
    def _position_is_in_the_movie(self) -> Self:
        # A player's position may pass the duration it knows by a frame or so.
        if self.position_seconds > self.duration_seconds + 10:
            raise ValueError("position_seconds is beyond duration_seconds")
        return self

    def report(self) -> Report:
        duration = round(self.duration_seconds, 3)
        return Report(
            session_id=self.session_id,
            started_ms=milliseconds(self.session_started_at),
            client_ms=milliseconds(self.client_time),
            position_seconds=min(round(self.position_seconds, 3), duration),
            duration_seconds=duration,
            device=self.device,
        )


class ProgressRecorded(Model):
    """What is known now. `recorded` is false for a report that was known already or came too late."""

    movie_id: str
    recorded: bool
    status: WatchStatus
    position_seconds: float


class Allowance:
    """A bucket of `rate` tokens that fills in a second; not shared, so that it works when nothing else does."""

    def __init__(self, rate: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._monotonic = rate, monotonic
        self._tokens, self._at = rate, monotonic()

    def take(self) -> bool:
        now = self._monotonic()
        self._tokens = min(self._rate, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


@dataclass
class RecordProgress:
    """`POST /streaming/progress/{movie_id}`: to Valkey alone, and from there to the database by the flush.

    While Valkey is away reports go straight to the database, in each process no more of them a second than
    `allowance` has; the rest is answered 503 and comes again ten seconds later with a newer position.
    """

    live: LiveWatch
    # Made when it is needed: a process that only writes to Valkey never loads a database's client.
    store_of: Callable[[], WatchStore]
    metrics: Metrics
    allowance: Allowance = field(default_factory=lambda: Allowance(DIRECT_A_SECOND))
    clock: Clock = utc_now
    sleep: Callable[[float], None] = time.sleep

    def __call__(self, viewer: str, movie_id: str, progress: NewProgress) -> ProgressRecorded:
        key = WatchKey(viewer, movie_id)
        recorded = self._live(key, progress.report()) or self._direct(key, progress.report())
        current = recorded.state.current
        return ProgressRecorded(
            movie_id=movie_id,
            recorded=recorded.news,
            status=recorded.state.status,
            position_seconds=0.0 if current is None else current.position_seconds,
        )

    def _live(self, key: WatchKey, report: Report) -> Recorded | None:
        try:
            recorded = self.live.record(key, report)
        except TransientError as error:
            logger.warning("progress goes past Valkey: %s", error)
            return None
        self.metrics.count("progress_reports", {"into": "valkey" if recorded.news else "nothing"})
        return recorded

    def _direct(self, key: WatchKey, report: Report) -> Recorded:
        if not self.allowance.take():
            self.metrics.count("progress_reports", {"into": "refused"})
            raise TransientError("Progress cannot be kept just now; send it again.")
        store = self.store_of()
        for attempt in range(DIRECT_ATTEMPTS):
            kept = store.get(key)
            state = NEVER_WATCHED if kept is None else kept.state
            after = accept(state, report, milliseconds(self.clock()))
            if after is None:
                return Recorded(state, news=False)
            change = Kept(key, after, 0 if kept is None else kept.version)
            if not store.write([change], direct=True):
                self.metrics.count("progress_reports", {"into": "database"})
                return Recorded(after, news=True)
            self.sleep(random.uniform(0, DIRECT_PAUSE_SECONDS * 2**attempt))  # noqa: S311
        raise TransientError("Progress is written by too many at once; send it again.")


def milliseconds(moment: datetime) -> int:
    """Since 1970, rounded down."""
    return int((moment - EPOCH).total_seconds() * 1000 + 1e-6)


def moment_of(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
