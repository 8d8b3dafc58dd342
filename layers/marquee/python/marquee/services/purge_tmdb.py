"""Use case: nothing of TMDB is kept for half a year. What movies have of it is read anew in time, or goes.

What lies in the cache ends by itself, long before (`domain.cache.LONGEST_SECONDS`).
"""

from __future__ import annotations

from marquee.domain.clock import Clock, utc_now
from marquee.domain.media import Model
from marquee.domain.movie_source import MovieSource, TmdbMovie
from marquee.domain.tmdb_copies import PURGE_AFTER, RENEW_AFTER, TmdbCopies, TmdbCopy


class PurgeReport(Model):
    """`known`: movies with pictures of TMDB; of those `renewed` and `purged` by this run."""

    known: int
    renewed: int
    purged: int


class PurgeTmdb:
    """Runs once a day; a missed or repeated run does no harm."""

    def __init__(self, copies: TmdbCopies, source: MovieSource, *, clock: Clock = utc_now) -> None:
        self._copies = copies
        self._source = source
        self._clock = clock

    def __call__(self) -> PurgeReport:
        now = self._clock()
        known = self._copies.note(now)
        renewed = purged = 0
        for copy in self._copies.since_before(now - RENEW_AFTER):
            movie = self._read_anew(copy)
            if movie is not None:
                renewed += self._copies.replace(copy, movie.poster_path, movie.backdrop_path, now)
            elif copy.since <= now - PURGE_AFTER:
                purged += self._copies.replace(copy, None, None, now)
        return PurgeReport(known=known, renewed=renewed, purged=purged)

    def _read_anew(self, copy: TmdbCopy) -> TmdbMovie | None:
        """The film as TMDB has it now. An answer out of the cache is a day old at most, unless it says so."""
        if copy.tmdb_id is None:
            return None
        answer = self._source.details(copy.tmdb_id)
        return answer.value if answer.source != "stale" else None
