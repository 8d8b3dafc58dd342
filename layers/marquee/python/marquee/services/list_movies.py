"""The catalogue in an order; `popular` goes on with what is popular elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass

from marquee.domain.errors import TransientError
from marquee.domain.movie_source import MovieSource
from marquee.domain.movies import MovieFilter, MovieSort
from marquee.services.catalogue import Catalogue
from marquee.services.movie_answers import MovieAnswer, MoviesPage, own_answer, page_of
from marquee.services.movie_pages import (
    OURS,
    Foreign,
    Hit,
    KeyTypes,
    Monotonic,
    Position,
    decode_position,
    encode_position,
    gather,
    is_last,
)

_FIRST = Position(OURS)
_KEY_TYPES: dict[MovieSort, KeyTypes] = {
    "popular": (float, str),
    "featured": (float, str),
    "newest": (str,),
    "title": (str, str),
}


@dataclass(frozen=True)
class ListMovies:
    """`GET /movies`."""

    catalogue: Catalogue
    source: MovieSource
    monotonic: Monotonic = time.monotonic

    def __call__(self, sort: MovieSort, limit: int, cursor: str | None) -> MoviesPage:
        listing = _Listing(self.catalogue, self.source, sort, limit)
        position = decode_position(cursor, sort, _FIRST, _KEY_TYPES[sort])
        following: Position | None = position
        items: list[MovieAnswer] = []
        if position.window == OURS:
            items, following = listing.own(position)
        if following is not None and following.window > OURS and len(items) < limit:
            found = gather(listing.window, following, limit - len(items), self.monotonic)
            items += [answer for _, answer in found.hits]
            following = found.following
        next_cursor = None if following is None else encode_position(following, sort)
        return page_of(items, next_cursor, degraded=listing.is_degraded)


@dataclass
class _Listing:
    """One answer in the making."""

    catalogue: Catalogue
    source: MovieSource
    sort: MovieSort
    limit: int
    is_degraded: bool = False

    def own(self, position: Position) -> tuple[list[MovieAnswer], Position | None]:
        """A page of ours, and what follows."""
        goes_on = Position(OURS + 1) if self.sort == "popular" else None
        try:
            read = self.catalogue.page(self.sort, self.limit + 1, position.after)
        except TransientError:
            if goes_on is None:
                raise
            self.is_degraded = True
            return [], goes_on
        self.is_degraded |= read.degraded
        shown = read.entries[: self.limit]
        if len(read.entries) > self.limit:
            goes_on = Position(OURS, shown[-1].movie.key_of(self.sort))
        return [own_answer(entry, read.source, degraded=read.degraded) for entry in shown], goes_on

    def window(self, number: int) -> tuple[list[Hit], bool]:
        films = self.source.popular(number)
        self.is_degraded |= films.degraded
        hits = Foreign(self.catalogue, MovieFilter()).hits(films, known=frozenset(), ask_ours=not self.is_degraded)
        # ours have all been listed before
        return [hit for hit in hits if hit[1].id.startswith("tmdb-")], is_last(films, number)
