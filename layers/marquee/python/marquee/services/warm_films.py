"""Use case: the films that most people look at are in the cache before they are asked for."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator

from marquee.domain.deadline import Deadline
from marquee.domain.media import Model
from marquee.domain.movie_source import MovieSource, Source

PAGES = 2
# What is left over comes next time; the schedule's function has a minute.
WITHIN_SECONDS = 40.0


class WarmReport(Model):
    """`asked`: answers that came from TMDB just now; `kept`: that were in the cache. `stopped`: it was not all."""

    asked: int
    kept: int
    stopped: bool


class _Stopped(Exception):
    """TMDB is sick, and is left alone; or the time is over."""


class WarmFilms:
    """Reads what viewers would read: the cache asks anew for what is old, under all its limits."""

    def __init__(self, source: MovieSource, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._monotonic = monotonic

    def __call__(self) -> WarmReport:
        sources, stopped = Counter[Source](), False
        try:
            for source in self._answers(Deadline(WITHIN_SECONDS, monotonic=self._monotonic)):
                sources[source] += 1
        except _Stopped:
            stopped = True
        return WarmReport(asked=sources["tmdb"], kept=sources.total() - sources["tmdb"], stopped=stopped)

    def _answers(self, deadline: Deadline) -> Iterator[Source]:
        for page in range(1, PAGES + 1):
            films = self._source.popular(page)
            if films.degraded:
                raise _Stopped
            yield films.source
            for film in films.value:
                details = self._source.details(film.tmdb_id)
                if details.degraded or not deadline.remaining():
                    raise _Stopped
                yield details.source
