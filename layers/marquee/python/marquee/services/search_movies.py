"""Find movies by title, in spite of typos: our own and TMDB's in one ranked list."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from marquee.domain.media import Model
from marquee.domain.movie_source import MovieSource, Sourced, TmdbMovie
from marquee.domain.movies import MovieFilter
from marquee.services.catalogue import Catalogue, Read
from marquee.services.movie_answers import MoviesPage, own_answer, page_of
from marquee.services.movie_pages import (
    NOTHING,
    Foreign,
    Hit,
    Monotonic,
    Position,
    decode_position,
    encode_position,
    gather,
    guarded,
    is_last,
    place,
)

_FIRST = Position(1)


class MovieQuery(Model):
    """What is searched for. An empty `q`: whatever the filter lets through, the popular first."""

    q: str = ""
    wanted: MovieFilter = MovieFilter()

    @property
    def scope(self) -> str:
        return self.model_dump_json()


@dataclass(frozen=True)
class SearchMovies:
    """`GET /movies/search`. Answers with what is left when the database, the cache or TMDB is away."""

    catalogue: Catalogue
    source: MovieSource
    monotonic: Monotonic = time.monotonic

    def __call__(self, query: MovieQuery, limit: int, cursor: str | None) -> MoviesPage:
        position = decode_position(cursor, query.scope, _FIRST)
        search = _Search(self.catalogue, self.source, query)
        found = gather(search.window, position, limit, self.monotonic)
        following = None if found.following is None else encode_position(found.following, query.scope)
        return page_of((answer for _, answer in found.hits), following, degraded=search.is_degraded)


@dataclass
class _Search:
    """One answer in the making."""

    catalogue: Catalogue
    source: MovieSource
    query: MovieQuery
    is_degraded: bool = False
    _own: Read | None = field(default=None, init=False)

    def window(self, number: int) -> tuple[list[Hit], bool]:
        """Our own are all in the first window, with TMDB's first page."""
        own = self._read_own()
        films = self._ask(number)
        known = frozenset(entry.movie.tmdb_id for entry in own.entries if entry.movie.tmdb_id is not None)
        foreign = Foreign(self.catalogue, self.query.wanted, self.query.q)
        hits = foreign.hits(films, known=known, ask_ours=own is not NOTHING)
        return (self._own_hits(own, films) if number == 1 else []) + hits, is_last(films, number)

    def _own_hits(self, own: Read, films: Sourced[list[TmdbMovie]]) -> list[Hit]:
        theirs = {film.tmdb_id: film for film in films.value}
        hits: list[Hit] = []
        for entry in own.entries:
            tmdb = theirs.get(entry.movie.tmdb_id or 0)
            answer = own_answer(entry, own.source, degraded=own.degraded, tmdb=tmdb)
            hits.append((place(entry.relevance, answer, own=True), answer))
        return hits

    def _read_own(self) -> Read:
        if self._own is None:
            self._own = guarded(lambda: self.catalogue.matching(self.query.q, self.query.wanted))
            self.is_degraded |= self._own.degraded
        return self._own

    def _ask(self, page: int) -> Sourced[list[TmdbMovie]]:
        wanted = self.query.wanted
        if wanted.available:
            return Sourced([], "tmdb")  # only ours can be watched
        if self.query.q.strip():
            films = self.source.search(self.query.q, page=page, year=wanted.year)
        else:
            films = self.source.popular(page)
        self.is_degraded |= films.degraded
        return films
