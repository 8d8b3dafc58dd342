"""Viewers, two stores and a flush that can be disturbed between any two of its calls to them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from marquee.domain.watch_stores import WatchKey
from marquee.domain.watching import Watched
from marquee.services.flush_progress import LEASE_SECONDS, FlushProgress, FlushReport
from marquee.services.record_progress import Allowance, NewProgress, ProgressRecorded, RecordProgress, moment_of
from marquee.services.show_progress import ProgressAnswer, ShowProgress

from tests.fakes_metrics import MemoryMetrics
from tests.fakes_watch import MemoryLiveWatch, MemoryWatch, ServerTime


class Killed(BaseException):
    """The process is gone: nothing of it runs any more, no `except Exception` either."""


@dataclass
class Disturbed:
    """A port that calls `between` before and after each call to `port`."""

    port: Any
    between: Callable[[], None]

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.port, name)
        if not callable(value):
            return value

        def call(*arguments: Any, **options: Any) -> Any:
            self.between()
            answer = value(*arguments, **options)
            self.between()
            return answer

        return call


@dataclass
class World:
    time: ServerTime = field(default_factory=ServerTime)
    store: MemoryWatch = field(default_factory=MemoryWatch)
    metrics: MemoryMetrics = field(default_factory=MemoryMetrics)

    def __post_init__(self) -> None:
        self.live = MemoryLiveWatch(self.time)
        self.pauses: list[float] = []
        self.record = RecordProgress(
            self.live,
            lambda: self.store,
            self.metrics,
            allowance=Allowance(1e9, lambda: 0.0),
            clock=lambda: moment_of(self.time()),
            sleep=self.pauses.append,
        )
        self.show = ShowProgress(self.live, lambda: self.store)

    def post(
        self,
        position: float,
        *,
        client_ms: int = 0,
        session: str = "tv",
        viewer: str = "ann",
        movie: str = "mov_1",
        duration: float = 100.0,
    ) -> ProgressRecorded:
        told = NewProgress(
            session_id=session,
            session_started_at=moment_of(0),
            position_seconds=position,
            duration_seconds=duration,
            device=session,
            client_time=moment_of(client_ms),
        )
        return self.record(viewer, movie, told)

    def get(self, viewer: str = "ann", movie: str = "mov_1") -> ProgressAnswer:
        return self.show(viewer, movie)

    def kept(self, viewer: str = "ann", movie: str = "mov_1") -> Watched:
        return self.store.kept[WatchKey(viewer, movie)].state

    def position(self, viewer: str = "ann", movie: str = "mov_1") -> tuple[str, float]:
        """Session and second, as the database has it."""
        current = self.kept(viewer, movie).current
        assert current is not None
        return current.session_id, current.position_seconds

    def flush(self, between: Callable[[], None] = lambda: None) -> FlushReport:
        live: Any = Disturbed(self.live, between)
        store: Any = Disturbed(self.store, between)
        flush = FlushProgress(
            live,
            store,
            self.metrics,
            monotonic=lambda: 0.0,
            sleep=self.pauses.append,
            now=lambda: moment_of(self.time()),
        )
        return flush()

    def flush_until(self, step: int, disturb: Callable[[], None]) -> bool:
        """A flush that is disturbed at its `step`-th opportunity; whether there was one. It may be killed there."""
        seen = 0

        def between() -> None:
            nonlocal seen
            seen += 1
            if seen == step:
                disturb()

        with suppress(Killed):
            self.flush(between)
        return seen >= step

    def leases_run_out(self) -> None:
        self.time.pass_seconds(LEASE_SECONDS + 1)


def kill() -> None:
    raise Killed
