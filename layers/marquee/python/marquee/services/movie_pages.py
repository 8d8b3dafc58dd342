"""Lists made of two: our own movies first, page by page from the database, and TMDB's, window by window.

A window is one page of TMDB's. What a page of ours ends with is remembered in its cursor by what it was ranked by, not
by its number, so that what comes or goes meanwhile neither repeats nor skips the rest.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from marquee.domain.errors import TransientError
from marquee.domain.movie_source import LAST_PAGE, PAGE_SIZE, Sourced, TmdbMovie
from marquee.domain.movies import MovieFilter
from marquee.services.catalogue import Catalogue, Entry, Read
from marquee.services.movie_answers import MovieAnswer, own_answer, tmdb_answer
from marquee.services.paging import invalid_cursor, unpacked
from marquee.services.rank_movies import MENTIONED, Place, Relevance, place_of, relevance

# One answer asks for another window only while it is this young: what it asks may take two seconds itself.
PATIENCE_SECONDS = 0.3
OURS = 0  # the window before TMDB's first, in lists that have one
NOTHING = Read((), "stale", degraded=True)

Monotonic = Callable[[], float]
Key = tuple[Any, ...]
KeyTypes = tuple[type, ...]
Hit = tuple[Place, MovieAnswer]

_PARTS = 3  # of a cursor
_MOST = 2**53
_PLACE_TYPES: KeyTypes = (int, int, bool, float, int, str)


@dataclass(frozen=True)
class Position:
    """Behind `after` in `window`; None: at its beginning."""

    window: int
    after: Key | None = None


def encode_position(position: Position, scope: str) -> str:
    """`scope`: what was asked for; a cursor is good for that alone."""
    packed = json.dumps([_digest(scope), position.window, position.after], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def decode_position(cursor: str | None, scope: str, first: Position, own_key: KeyTypes = ()) -> Position:
    """Raises `InvalidRequest` for a cursor that we never gave, or gave for something else.

    `own_key`: types of what pages of ours are cut by, in the window before TMDB's first."""
    if cursor is None:
        return first
    held = unpacked(cursor)
    if not isinstance(held, list) or len(held) != _PARTS:
        raise invalid_cursor()
    digest, window, after = held
    if type(window) is not int or not first.window <= window <= LAST_PAGE or digest != _digest(scope):
        raise invalid_cursor()
    if after is not None and not _is_key(after, own_key if window == OURS else _PLACE_TYPES):
        raise invalid_cursor()
    return Position(window, None if after is None else tuple(after))


def guarded(read: Callable[[], Read]) -> Read:
    """What is read, or nothing while the database is away."""
    try:
        return read()
    except TransientError:
        return NOTHING


@dataclass(frozen=True)
class Gathered:
    """Hits of one answer; `following` is None on the last."""

    hits: Sequence[Hit]
    following: Position | None


def gather(
    window_at: Callable[[int], tuple[list[Hit], bool]],
    position: Position,
    limit: int,
    monotonic: Monotonic = time.monotonic,
) -> Gathered:
    """Up to `limit` hits from `position` on. `window_at(n)` gives a window and whether it is the last."""
    until = monotonic() + PATIENCE_SECONDS
    hits: list[Hit] = []
    while True:
        window, is_last = window_at(position.window)
        left = sorted(hit for hit in window if position.after is None or hit[0] > Place(*position.after))
        taken = left[: limit - len(hits)]
        hits += taken
        if len(taken) < len(left):
            return Gathered(hits, Position(position.window, tuple(hits[-1][0])))
        if is_last:
            return Gathered(hits, None)
        position = Position(position.window + 1)
        if len(hits) >= limit or monotonic() >= until:
            return Gathered(hits, position)


@dataclass(frozen=True)
class Foreign:
    """A window of TMDB's as hits; films that we have ourselves are ours."""

    catalogue: Catalogue
    wanted: MovieFilter
    query: str = ""

    def hits(self, found: Sourced[list[TmdbMovie]], *, known: frozenset[int], ask_ours: bool = True) -> list[Hit]:
        """`known`: films that are among the hits of ours already. `ask_ours`: our database is there."""
        films = {film.tmdb_id: film for film in found.value if film.tmdb_id not in known}
        ours = guarded(lambda: self.catalogue.of_tmdb(list(films))) if ask_ours else NOTHING
        hits = [self._own(entry, ours, films.pop(entry.movie.tmdb_id or 0)) for entry in ours.entries]
        hits += [self._foreign(film, found) for film in films.values()]
        return [hit for hit in hits if self._is_wanted(hit[1])]

    def _is_wanted(self, answer: MovieAnswer) -> bool:
        """By what it shows: TMDB was not asked for all that is wanted, and what a movie of ours says goes first."""
        passes = self.wanted.accepts(year=answer.year, genres=answer.genres, languages=answer.languages)
        return passes and self.wanted.available in (None, answer.available)

    def _own(self, entry: Entry, ours: Read, film: TmdbMovie) -> Hit:
        """A film that TMDB found by a name that ours does not have."""
        match = self._relevance((*entry.movie.titles, film.title, film.original_title))
        answer = own_answer(entry, ours.source, degraded=ours.degraded, tmdb=film)
        return place(match, answer, own=True), answer

    def _foreign(self, film: TmdbMovie, found: Sourced[list[TmdbMovie]]) -> Hit:
        answer = tmdb_answer(film, found.source, degraded=found.degraded)
        return place(self._relevance((film.title, film.original_title)), answer, own=False), answer

    def _relevance(self, titles: Sequence[str]) -> Relevance:
        return relevance(self.query, titles) or MENTIONED


def place(match: Relevance, answer: MovieAnswer, *, own: bool) -> Place:
    return place_of(match, own=own, popularity=answer.popularity, year=answer.year, movie_id=answer.id)


def is_last(found: Sourced[list[TmdbMovie]], window: int) -> bool:
    return len(found.value) < PAGE_SIZE or window >= LAST_PAGE


def _is_key(after: Any, types: KeyTypes) -> bool:
    if not isinstance(after, list) or len(after) != len(types):
        return False
    return all(_is_a(value, wanted) for value, wanted in zip(after, types, strict=True))


def _is_a(value: Any, wanted: type) -> bool:
    if wanted in (str, bool):
        return type(value) is wanted
    # NaN is within no bounds, and no store takes a number beyond these.
    return type(value) in (wanted, int) and -_MOST <= value <= _MOST


def _digest(scope: str) -> str:
    return hashlib.sha256(scope.encode()).hexdigest()[:8]
