"""What of TMDB lies in our own database, and since when: their terms give it half a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from marquee.domain.media import Model

# From this age on it is read anew, once a day …
RENEW_AFTER = timedelta(days=150)
# … and at this age it goes, whatever TMDB says: before 180 days are over, also when a day's run is missed.
PURGE_AFTER = timedelta(days=177)


class TmdbCopy(Model):
    """A movie's pictures, which name files of TMDB. `since`: when these very ones were first seen here."""

    movie_id: str
    tmdb_id: int | None
    poster_path: str | None
    backdrop_path: str | None
    since: datetime


class TmdbCopies(Protocol):
    """Raises `TransientError` when the database is away. Each method may be called again."""

    def note(self, now: datetime) -> int:
        """Remember of all movies with pictures since when they have these; returns how many there are."""
        ...

    def since_before(self, moment: datetime) -> Sequence[TmdbCopy]:
        """Those that have been here since before `moment`, the oldest first."""
        ...

    def replace(self, copy: TmdbCopy, poster_path: str | None, backdrop_path: str | None, now: datetime) -> bool:
        """Put others, or none, in the place of these, here since `now`; False when the movie has others already."""
        ...
