"""Movies in the database (`domain.movie_store.MovieStore`).

Beside the movie's own fields a document has `search`, what it is found and sorted by: `grams` of its titles, genres
and languages in lower case, the title as it sorts, and the version of all that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, OperationFailure

from marquee.adapters.database import Database, Document
from marquee.adapters.documents import from_document, models_of, to_document
from marquee.adapters.movie_statistics import read_statistics
from marquee.domain.movie_store import CatalogueStatistics, TmdbIdTaken
from marquee.domain.movies import Movie, MovieFilter, MovieSort, PageKey
from marquee.domain.search_terms import GRAMS_VERSION, asked_grams, grams_of_all, sort_key, words

COLLECTION = "movies"

_SORTS: Mapping[MovieSort, tuple[tuple[str, int], ...]] = {
    "popular": (("popularity", DESCENDING), ("_id", DESCENDING)),
    "featured": (("popularity", DESCENDING), ("_id", DESCENDING)),
    "newest": (("_id", DESCENDING),),
    "title": (("search.title", ASCENDING), ("_id", ASCENDING)),
}
_POPULAR_FIRST = {"popularity": DESCENDING, "_id": DESCENDING}
_SCORE, _LENGTH = "score", "length"

Result = TypeVar("Result")


class DatabaseMovies:
    """Movies, one document each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, movie: Movie) -> None:
        try:
            self._run(lambda movies: movies.insert_one(movie_document(movie)))
        except DuplicateKeyError as error:
            # Ids are random: the same id is this very insert, whose answer was lost.
            if self.get(movie.id) is None:
                raise _taken() from error

    def get(self, movie_id: str) -> Movie | None:
        return from_document(Movie, self._run(lambda movies: movies.find_one({"_id": movie_id})))

    def those(self, movie_ids: Sequence[str]) -> Sequence[Movie]:
        return self._find({"_id": {"$in": list(movie_ids)}}) if movie_ids else ()

    def of_tmdb(self, tmdb_ids: Sequence[int]) -> Sequence[Movie]:
        return self._find({"tmdb_id": {"$in": list(tmdb_ids)}}) if tmdb_ids else ()

    def of_assets(self, asset_ids: Sequence[str]) -> Sequence[Movie]:
        return self._find({"asset_id": {"$in": list(asset_ids)}}) if asset_ids else ()

    def replace(self, movie: Movie, version: int) -> bool:
        current = {"_id": movie.id, "version": version}
        try:
            done = self._run(lambda movies: movies.replace_one(current, movie_document(movie)))
        except DuplicateKeyError as error:
            raise _taken() from error
        # A second try after a lost answer finds what the first one left.
        return done.matched_count == 1 or self.get(movie.id) == movie

    def delete(self, movie_id: str, version: int | None = None) -> bool:
        wanted: Document = {"_id": movie_id} if version is None else {"_id": movie_id, "version": version}
        return self._run(lambda movies: movies.delete_one(wanted)).deleted_count == 1

    def page(self, sort: MovieSort, limit: int, after: PageKey | None) -> Sequence[Movie]:
        conditions: list[Document] = [{"featured": True}] if sort == "featured" else []
        if after is not None:
            conditions.append(_after(_SORTS[sort], after))
        wanted: Document = {"$and": conditions} if conditions else {}
        order = list(_SORTS[sort])
        found = self._run(lambda movies: list(movies.find(wanted).sort(order).limit(limit)))
        return models_of(Movie, found)

    def like(self, query: str, wanted: MovieFilter, limit: int) -> Sequence[Movie]:
        asked = sorted(asked_grams(query))
        if not asked:
            order = list(_POPULAR_FIRST.items())
            return self._sorted(_filter(wanted), order, limit) if not query.strip() else ()
        pipeline: list[Document] = [
            {"$match": {"search.grams": {"$in": asked}, **_filter(wanted)}},
            {
                "$addFields": {
                    _SCORE: {"$size": {"$setIntersection": ["$search.grams", asked]}},
                    _LENGTH: {"$size": "$search.grams"},
                }
            },
            # Of those that share as much, the title that is not much more comes first: the one that was meant.
            {"$sort": {_SCORE: DESCENDING, _LENGTH: ASCENDING, **_POPULAR_FIRST}},
            {"$limit": limit},
        ]
        return models_of(Movie, self._run(lambda movies: list(movies.aggregate(pipeline))))

    def mentioning(self, query: str, wanted: MovieFilter, limit: int) -> Sequence[Movie]:
        # Bare words: in the engine's own notation a leading `-` would exclude one.
        asked = " ".join(words(query))
        if not any(character.isalnum() for character in asked):
            return ()
        text = {"$text": {"$search": asked}, **_filter(wanted)}
        try:
            return self._sorted(text, list(_POPULAR_FIRST.items()), limit)
        except OperationFailure:
            return ()  # no text index in this engine, or not yet: n-grams find the titles

    def link(self, movie_id: str, asset_id: str, instead_of: str | None, now: datetime) -> Movie | None:
        changes = {"$set": {"asset_id": asset_id, "updated_at": now}, "$inc": {"version": 1}}
        found = self._run(
            lambda movies: movies.find_one_and_update(
                {"_id": movie_id, "asset_id": instead_of}, changes, return_document=ReturnDocument.AFTER
            )
        )
        movie = from_document(Movie, found) or self.get(movie_id)
        return movie if movie is not None and movie.asset_id == asset_id else None

    def unlink(self, asset_id: str, now: datetime) -> Sequence[str]:
        linked = [movie.id for movie in self._find({"asset_id": asset_id})]
        changes = {"$set": {"asset_id": None, "updated_at": now}, "$inc": {"version": 1}}
        self._run(lambda movies: movies.update_many({"asset_id": asset_id}, changes))
        return linked

    def statistics(self) -> CatalogueStatistics:
        return read_statistics(self._database)

    def _run(self, operation: Callable[[Collection[Document]], Result]) -> Result:
        return self._database.run(COLLECTION, operation)

    def _find(self, wanted: Document) -> Sequence[Movie]:
        return models_of(Movie, self._run(lambda movies: list(movies.find(wanted).sort("_id", ASCENDING))))

    def _sorted(self, wanted: Document, order: list[tuple[str, int]], limit: int) -> Sequence[Movie]:
        return models_of(Movie, self._run(lambda movies: list(movies.find(wanted).sort(order).limit(limit))))


def movie_document(movie: Movie) -> Document:
    return {**to_document(movie), "search": search_fields(movie)}


def search_fields(movie: Movie) -> Document:
    """What a movie is found and sorted by, made of the movie alone."""
    return {
        "grams": sorted(grams_of_all(movie.titles)),
        "genres": sorted({genre.casefold() for genre in movie.genres}),
        "languages": sorted({language.casefold() for language in movie.languages}),
        "title": sort_key(movie.title),
        "version": GRAMS_VERSION,
    }


def _filter(wanted: MovieFilter) -> Document:
    asked: dict[str, Any] = {
        "year": wanted.year,
        "search.genres": wanted.genre and wanted.genre.casefold(),
        "search.languages": wanted.language and wanted.language.casefold(),
    }
    return {field: value for field, value in asked.items() if value is not None}


def _after(order: Sequence[tuple[str, int]], key: PageKey) -> Document:
    """Documents behind `key` in this order."""
    choices: list[Document] = []
    same: Document = {}
    for (field, direction), value in zip(order, key, strict=True):
        choices.append({**same, field: {"$gt" if direction == ASCENDING else "$lt": value}})
        same = {**same, field: value}
    return {"$or": choices}


def _taken() -> TmdbIdTaken:
    return TmdbIdTaken("Another movie stands for this film of TMDB already.")
