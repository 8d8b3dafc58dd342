"""TMDB in memory, for the use cases that read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from marquee.domain.movie_source import PAGE_SIZE, Source, Sourced, TmdbMovie
from marquee.domain.tmdb_copies import TmdbCopy


class MemoryMovieSource:
    """Films in the order of their popularity. `away`: nothing is known; `source`: what answers say they are from."""

    def __init__(self, *films: TmdbMovie) -> None:
        self.films = {film.tmdb_id: film for film in films}
        self.source: Source = "tmdb"
        self.away = False
        self.asked: list[int] = []

    def search(
        self, query: str, *, page: int = 1, year: int | None = None, language: str | None = None
    ) -> Sourced[list[TmdbMovie]]:
        return self._page([film for film in self.films.values() if query.casefold() in film.title.casefold()], page)

    def popular(self, page: int = 1) -> Sourced[list[TmdbMovie]]:
        return self._page(list(self.films.values()), page)

    def details(self, tmdb_id: int) -> Sourced[TmdbMovie | None]:
        self.asked.append(tmdb_id)
        return Sourced(None if self.away else self.films.get(tmdb_id), self.source, degraded=self.away)

    def _page(self, films: list[TmdbMovie], page: int) -> Sourced[list[TmdbMovie]]:
        shown = [] if self.away else films[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        return Sourced(shown, self.source, degraded=self.away)


class MemoryTmdbCopies:
    """Movies as `{id: (tmdb_id, poster_path, backdrop_path)}`, and the ledger beside them."""

    def __init__(self) -> None:
        self.movies: dict[str, tuple[int | None, str | None, str | None]] = {}
        self.ledger: dict[str, TmdbCopy] = {}

    def give(self, movie_id: str, tmdb_id: int | None, poster_path: str | None, backdrop_path: str | None) -> None:
        self.movies[movie_id] = (tmdb_id, poster_path, backdrop_path)

    def pictures(self, movie_id: str) -> tuple[str | None, str | None]:
        return self.movies[movie_id][1:]

    def note(self, now: datetime) -> int:
        pictured = {movie_id: movie for movie_id, movie in self.movies.items() if any(movie[1:])}
        before, self.ledger = self.ledger, {}
        for movie_id, (tmdb_id, poster, backdrop) in pictured.items():
            entry = before.get(movie_id)
            same = entry is not None and (entry.poster_path, entry.backdrop_path) == (poster, backdrop)
            since = entry.since if entry is not None and same else now
            self.ledger[movie_id] = TmdbCopy(
                movie_id=movie_id, tmdb_id=tmdb_id, poster_path=poster, backdrop_path=backdrop, since=since
            )
        return len(pictured)

    def since_before(self, moment: datetime) -> Sequence[TmdbCopy]:
        return sorted((copy for copy in self.ledger.values() if copy.since < moment), key=lambda copy: copy.since)

    def replace(self, copy: TmdbCopy, poster_path: str | None, backdrop_path: str | None, now: datetime) -> bool:
        if self.pictures(copy.movie_id) != (copy.poster_path, copy.backdrop_path):
            return False
        self.give(copy.movie_id, copy.tmdb_id, poster_path, backdrop_path)
        self.note(now)
        if copy.movie_id in self.ledger:
            self.ledger[copy.movie_id] = self.ledger[copy.movie_id].model_copy(update={"since": now})
        return True
