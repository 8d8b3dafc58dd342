"""Where a viewer is in a movie."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from marquee.domain.errors import TransientError
from marquee.domain.media import Model
from marquee.domain.watch_stores import LiveWatch, WatchKey, WatchStore
from marquee.domain.watching import NEVER_WATCHED, NOTHING_KNOWN, Watched, WatchStatus, join
from marquee.services.record_progress import moment_of

logger = logging.getLogger("marquee.progress")

Source = Literal["cache", "database"]


class ProgressAnswer(Model):
    """`status` is `unwatched`, at second 0, for a movie that the viewer never began. `completed_at`: while it is
    completed. `source`: where the position is from. `degraded`: a store was away, and what it knows is not in this."""

    movie_id: str
    status: WatchStatus
    position_seconds: float
    duration_seconds: float | None
    device: str | None
    session_id: str | None
    session_started_at: datetime | None
    updated_at: datetime | None
    completed_at: datetime | None
    times_completed: int
    source: Source
    degraded: bool


@dataclass(frozen=True)
class ShowProgress:
    """`GET /streaming/progress/{movie_id}`: Valkey, and the database when Valkey does not know it all."""

    live: LiveWatch
    store_of: Callable[[], WatchStore]

    def __call__(self, viewer: str, movie_id: str) -> ProgressAnswer:
        key = WatchKey(viewer, movie_id)
        news, live_is_away = self._news(key)
        if news is not None and news.whole:
            return answer_of(movie_id, news, source="cache")
        try:
            kept = self.store_of().get(key)
        except TransientError:
            if news is None:
                raise
            logger.warning("progress without the database")
            return answer_of(movie_id, news, source="cache", degraded=True)
        state = join(NEVER_WATCHED if kept is None else kept.state, news or NOTHING_KNOWN)
        newest_is_cached = news is not None and state.current == news.current
        source: Source = "cache" if newest_is_cached else "database"
        return answer_of(movie_id, state, source=source, degraded=live_is_away)

    def _news(self, key: WatchKey) -> tuple[Watched | None, bool]:
        try:
            return self.live.get(key), False
        except TransientError:
            return None, True


def answer_of(movie_id: str, state: Watched, *, source: Source = "database", degraded: bool = False) -> ProgressAnswer:
    current = state.current
    completed_ms = state.completed_ms
    return ProgressAnswer(
        movie_id=movie_id,
        status=state.status,
        position_seconds=0.0 if current is None else current.position_seconds,
        duration_seconds=None if current is None else current.duration_seconds,
        device=None if current is None else current.device,
        session_id=None if current is None else current.session_id,
        session_started_at=None if current is None else moment_of(current.started_ms),
        updated_at=None if current is None else moment_of(current.sequence),
        completed_at=None if completed_ms is None else moment_of(completed_ms),
        times_completed=state.times_completed,
        source=source,
        degraded=degraded,
    )
