"""Lists made of two: our own movies first, page by page from the database, and TMDB's, window by window.

A window is one page of TMDB's. What a page of ours ends with is remembered in its cursor by what it was ranked by, not
by its number, so that what comes or goes meanwhile neither repeats nor skips the rest.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from marquee.domain.errors import InvalidRequest, TransientError
from marquee.domain.movie_source import LAST_PAGE, PAGE_SIZE, Sourced, TmdbMovie
from marquee.domain.movies import MovieFilter
from marquee.services.catalogue import Catalogue, Entry, Read
from marquee.services.movie_answers import MovieAnswer, own_answer, tmdb_answer
from marquee.services.rank_movies import MENTIONED, Place, Relevance, place_of, relevance

# One answer asks for another window only while it is this young: what it asks may take two seconds itself.
PATIENCE_SECONDS = 0.3
OURS = 0  # the window before TMDB's first, in lists that have one
NOTHING = Read((), "stale", degraded=True)

Monotonic = Callable[[], float]
Key = tuple[Any, ...]
KeyTypes = tuple[type, ...]
Hit = tuple[Place, MovieAnswer]

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
    try:
        digest, window, after = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise _invalid() from error
    if type(window) is not int or not first.window <= window <= LAST_PAGE or digest != _digest(scope):
        raise _invalid()
    if after is not None and not _is_key(after, own_key if window == OURS else _PLACE_TYPES):
        raise _invalid()
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
        for film in films.values():
            languages = (film.original_language,)
            if self.wanted.accepts(year=film.year, genres=film.genres, languages=languages):
                hits.append(self._foreign(film, found))
        return [hit for hit in hits if self.wanted.available in (None, hit[1].available)]

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
    if wanted is float:
        return isinstance(value, int | float) and math.isfinite(value)
    return type(value) is wanted


def _digest(scope: str) -> str:
    return hashlib.sha256(scope.encode()).hexdigest()[:8]


def _invalid() -> InvalidRequest:
    return InvalidRequest("The cursor is not one of ours for this question.", code="invalid_cursor")
