"""What movies have of TMDB (`domain.tmdb_copies.TmdbCopies`): a ledger beside the movies, one document each.

It stands beside them because a movie is replaced as a whole when it is edited, and its pictures stay as old as they
are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING

from marquee.adapters.database import Database, Document
from marquee.domain.tmdb_copies import TmdbCopy

LEDGER = "tmdb_copies"
MOVIES = "movies"
_PICTURES = ("poster_path", "backdrop_path")
_HAS_PICTURES = {"$or": [{name: {"$nin": [None, ""]}} for name in _PICTURES]}


class DatabaseTmdbCopies:
    """Over the collections of movies and of this ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, now: datetime) -> int:
        shown = dict.fromkeys(("tmdb_id", *_PICTURES), 1)
        movies = self._database.run(MOVIES, lambda all_: list(all_.find(_HAS_PICTURES, shown).sort("_id", ASCENDING)))
        known = {entry["_id"]: entry for entry in self._ledger({})}
        for movie in movies:
            entry = known.pop(movie["_id"], {})
            copied = {name: movie.get(name) for name in ("tmdb_id", *_PICTURES)}
            same = bool(entry) and all(movie.get(name) == entry.get(name) for name in _PICTURES)
            if not same or entry["tmdb_id"] != copied["tmdb_id"]:
                self._write(movie["_id"], copied, entry["since"] if same else now)
        gone = list(known)
        if gone:
            self._database.run(LEDGER, lambda ledger: ledger.delete_many({"_id": {"$in": gone}}))
        return len(movies)

    def since_before(self, moment: datetime) -> Sequence[TmdbCopy]:
        found = self._ledger({"since": {"$lt": moment}})
        return [TmdbCopy(movie_id=entry.pop("_id"), **entry) for entry in found]

    def replace(self, copy: TmdbCopy, poster_path: str | None, backdrop_path: str | None, now: datetime) -> bool:
        these = {"_id": copy.movie_id, "poster_path": copy.poster_path, "backdrop_path": copy.backdrop_path}
        others = {"poster_path": poster_path, "backdrop_path": backdrop_path}
        changes: dict[str, Any] = {"$set": {**others, "updated_at": now}, "$inc": {"version": 1}}
        done = self._database.run(MOVIES, lambda movies: movies.update_one(these, changes))
        if done.matched_count == 0:
            return False
        if poster_path or backdrop_path:
            self._write(copy.movie_id, {"tmdb_id": copy.tmdb_id, **others}, now)
        else:
            self._database.run(LEDGER, lambda ledger: ledger.delete_one({"_id": copy.movie_id}))
        return True

    def _ledger(self, wanted: Document) -> list[Document]:
        order = [("since", ASCENDING), ("_id", ASCENDING)]
        return self._database.run(LEDGER, lambda ledger: list(ledger.find(wanted).sort(order)))

    def _write(self, movie_id: str, copied: Document, now: datetime) -> None:
        change = {"$set": {**copied, "since": now}}
        self._database.run(LEDGER, lambda ledger: ledger.update_one({"_id": movie_id}, change, upsert=True))
