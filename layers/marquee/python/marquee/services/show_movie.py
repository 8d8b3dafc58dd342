"""One movie with all that is known of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from marquee.domain.errors import NotFound, TransientError
from marquee.domain.movie_source import MovieSource, tmdb_id_of
from marquee.services.catalogue import Catalogue, Entry, Read
from marquee.services.movie_answers import MovieAnswer, own_answer, tmdb_answer
from marquee.services.movie_pages import guarded


@dataclass(frozen=True)
class ShownMovie:
    """`tag` names this state of the answer; for a movie of ours it begins with its version."""

    answer: MovieAnswer
    tag: str


@dataclass(frozen=True)
class ShowMovie:
    """`GET /movies/{id}`, for movies of ours and of TMDB."""

    catalogue: Catalogue
    source: MovieSource

    def __call__(self, movie_id: str) -> ShownMovie:
        number = tmdb_id_of(movie_id)
        if number is not None:
            return self._of_tmdb(number)
        read = self.catalogue.one(movie_id)
        if not read.entries:
            raise NotFound("There is no such movie.")
        return self._own(read.entries[0], read)

    def _of_tmdb(self, number: int) -> ShownMovie:
        ours = guarded(lambda: self.catalogue.of_tmdb([number]))
        if ours.entries:
            return self._own(ours.entries[0], ours)
        found = self.source.details(number)
        if found.value is None:
            if found.degraded:
                raise TransientError("TMDB does not answer just now.")
            raise NotFound("There is no such movie.")
        answer = tmdb_answer(found.value, found.source, degraded=found.degraded or ours.degraded)
        return ShownMovie(answer, f"tmdb-{_digest(answer)}")

    def _own(self, entry: Entry, read: Read) -> ShownMovie:
        """What it does not say itself TMDB may know."""
        movie = entry.movie
        tmdb = None if movie.tmdb_id is None else self.source.details(movie.tmdb_id)
        degraded = read.degraded or (tmdb is not None and tmdb.degraded)
        answer = own_answer(entry, read.source, degraded=degraded, tmdb=tmdb.value if tmdb else None)
        return ShownMovie(answer, f"{movie.version}-{_digest(answer)}")


def _digest(answer: MovieAnswer) -> str:
    """Of the content: where it was read does not change it."""
    content = answer.model_dump_json(exclude={"source", "degraded"})
    return hashlib.sha256(content.encode()).hexdigest()[:16]
