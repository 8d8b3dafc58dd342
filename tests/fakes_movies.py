"""`MovieStore` and `MovieSource` in memory, as strict as the real ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marquee.domain.assets import Asset
from marquee.domain.errors import TransientError
from marquee.domain.movie_source import PAGE_SIZE, Source, Sourced, TmdbMovie
from marquee.domain.movie_store import CatalogueStatistics, Count, TmdbIdTaken, WatchTotals
from marquee.domain.movies import Movie, MovieFilter, MovieSort, PageKey
from marquee.domain.search_terms import asked_grams, fold, grams_of_all, words


class MemoryMovies:
    """`away` makes it a database that nobody can reach; `calls` counts what was asked of it."""

    def __init__(self, assets: Callable[[], Mapping[str, Asset]] = dict) -> None:
        self.kept: dict[str, Movie] = {}
        self.away = False
        self.calls = 0
        self._assets = assets

    def add(self, movie: Movie) -> None:
        self._refuse_taken(movie)
        self._all().setdefault(movie.id, movie)

    def get(self, movie_id: str) -> Movie | None:
        return self._all().get(movie_id)

    def those(self, movie_ids: Sequence[str]) -> Sequence[Movie]:
        return [movie for movie in self._all().values() if movie.id in set(movie_ids)]

    def of_tmdb(self, tmdb_ids: Sequence[int]) -> Sequence[Movie]:
        return [movie for movie in self._all().values() if movie.tmdb_id in set(tmdb_ids)]

    def of_assets(self, asset_ids: Sequence[str]) -> Sequence[Movie]:
        return [movie for movie in self._all().values() if movie.asset_id in set(asset_ids)]

    def replace(self, movie: Movie, version: int) -> bool:
        current = self._all().get(movie.id)
        if current is None or current.version != version:
            return current == movie
        self._refuse_taken(movie)
        self.kept[movie.id] = movie
        return True

    def delete(self, movie_id: str, version: int | None = None) -> bool:
        current = self._all().get(movie_id)
        if current is None or version not in (None, current.version):
            return False
        del self.kept[movie_id]
        return True

    def page(self, sort: MovieSort, limit: int, after: PageKey | None) -> Sequence[Movie]:
        listed = [movie for movie in self._all().values() if movie.featured or sort != "featured"]
        up = sort == "title"
        ordered = sorted(listed, key=lambda movie: movie.key_of(sort), reverse=not up)
        if after is not None:
            ordered = [m for m in ordered if (m.key_of(sort) > after if up else m.key_of(sort) < after)]
        return ordered[:limit]

    def like(self, query: str, wanted: MovieFilter, limit: int) -> Sequence[Movie]:
        asked = asked_grams(query)
        known = {movie.id: grams_of_all(movie.titles) for movie in self._accepted(wanted)}
        if not query.strip():
            return sorted((self.kept[i] for i in known), key=lambda m: (m.popularity, m.id), reverse=True)[:limit]
        found = [self.kept[i] for i in known if known[i] & asked]
        return sorted(
            found,
            key=lambda m: (len(known[m.id] & asked), -len(known[m.id]), m.popularity, m.id),
            reverse=True,
        )[:limit]

    def mentioning(self, query: str, wanted: MovieFilter, limit: int) -> Sequence[Movie]:
        asked = set(words(query))
        found = [m for m in self._accepted(wanted) if asked & set(fold(" ".join((*m.titles, m.overview))).split())]
        return sorted(found, key=lambda m: (m.popularity, m.id), reverse=True)[:limit]

    def link(self, movie_id: str, asset_id: str, instead_of: str | None, now: datetime) -> Movie | None:
        movie = self._all().get(movie_id)
        if movie is None or movie.asset_id not in (instead_of, asset_id):
            return None
        return movie if movie.asset_id == asset_id else self._change(movie, asset_id, now)

    def unlink(self, asset_id: str, now: datetime) -> Sequence[str]:
        linked = [movie for movie in self._all().values() if movie.asset_id == asset_id]
        return sorted(self._change(movie, None, now).id for movie in linked)

    def statistics(self) -> CatalogueStatistics:
        movies = list(self._all().values())
        assets = self._assets()
        states = [assets[m.asset_id].status if m.asset_id and m.asset_id in assets else "none" for m in movies]
        years = Counter(str(movie.year) for movie in movies if movie.year)
        return CatalogueStatistics(
            movies=len(movies),
            featured=sum(movie.featured for movie in movies),
            by_genre=_counted(genre for movie in movies for genre in movie.genres),
            by_year=tuple(Count(value=year, count=years[year]) for year in sorted(years, key=int, reverse=True)),
            by_availability=_counted(states),
            watched=WatchTotals(),
        )

    def _all(self) -> dict[str, Movie]:
        self.calls += 1
        if self.away:
            raise TransientError("The database cannot be reached.")
        return self.kept

    def _accepted(self, wanted: MovieFilter) -> list[Movie]:
        return [
            movie
            for movie in self._all().values()
            if wanted.accepts(year=movie.year, genres=movie.genres, languages=movie.languages)
        ]

    def _refuse_taken(self, movie: Movie) -> None:
        others = [other for other in self._all().values() if other.id != movie.id]
        if movie.tmdb_id is not None and any(other.tmdb_id == movie.tmdb_id for other in others):
            raise TmdbIdTaken("Another movie stands for this film of TMDB already.")

    def _change(self, movie: Movie, asset_id: str | None, now: datetime) -> Movie:
        changes = {"asset_id": asset_id, "updated_at": now, "version": movie.version + 1}
        self.kept[movie.id] = movie.model_copy(update=changes)
        return self.kept[movie.id]


def _counted(values: Iterable[str]) -> tuple[Count, ...]:
    counts = Counter(values)
    ordered = sorted(counts, key=lambda value: (-counts[value], value))
    return tuple(Count(value=value, count=counts[value]) for value in ordered)


@dataclass
class MemoryMovieSource:
    """`MovieSource` that knows `films`; it finds those with a word of the query, the popular ones first."""

    films: list[TmdbMovie] = field(default_factory=list)
    source: Source = "tmdb"
    away: bool = False
    asked: list[object] = field(default_factory=list)

    def search(
        self, query: str, *, page: int = 1, year: int | None = None, language: str | None = None
    ) -> Sourced[list[TmdbMovie]]:
        asked = set(words(query))
        fitting = [film for film in self.films if asked & set(words(f"{film.title} {film.original_title}"))]
        return self._page([film for film in fitting if year in (None, film.year)], page, ("search", query, page))

    def details(self, tmdb_id: int) -> Sourced[TmdbMovie | None]:
        self.asked.append(("details", tmdb_id))
        if self.away:
            return Sourced(None, "stale", degraded=True)
        return Sourced(next((film for film in self.films if film.tmdb_id == tmdb_id), None), self.source)

    def popular(self, page: int = 1) -> Sourced[list[TmdbMovie]]:
        return self._page(self.films, page, ("popular", page))

    def _page(self, films: list[TmdbMovie], page: int, question: object) -> Sourced[list[TmdbMovie]]:
        self.asked.append(question)
        if self.away:
            return Sourced([], "stale", degraded=True)
        ordered = sorted(films, key=lambda film: -film.popularity)
        return Sourced(ordered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], self.source)
