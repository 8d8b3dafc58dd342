"""What a viewer can go on with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from marquee.domain.errors import TransientError
from marquee.domain.media import Model
from marquee.domain.watch_stores import Kept, LiveWatch, MovieCard, MovieCards, WatchKey, WatchStore, order_of
from marquee.domain.watching import ContinueRule, Playback, Watched, join
from marquee.services.paging import read_page
from marquee.services.record_progress import moment_of

T = TypeVar("T")


class ContinueItem(Model):
    """`title` and `poster_url` are None for a movie that is gone; `available` as a movie says it: it can be
    watched now."""

    movie_id: str
    title: str | None
    poster_url: str | None
    asset_id: str | None
    available: bool
    position_seconds: float
    duration_seconds: float
    fraction: float
    device: str
    updated_at: datetime


class ContinuePage(Model):
    """One page, last watched first; `degraded`: a store was away, and what it knows is not in this."""

    items: tuple[ContinueItem, ...]
    next_cursor: str | None
    degraded: bool


@dataclass(frozen=True)
class Begun:
    """A movie in the list; `id` is its place there."""

    id: str
    movie_id: str
    at: Playback


@dataclass(frozen=True)
class ContinueWatching:
    """`GET /me/continue-watching`: the database's list, with what Valkey knows better in its place."""

    live: LiveWatch
    store: WatchStore
    movies: MovieCards
    rule: ContinueRule

    def __call__(self, viewer: str, limit: int, cursor: str | None) -> ContinuePage:
        reading = _Reading(self, viewer)
        page, next_cursor = read_page(reading.page, limit, cursor)
        cards = reading.cards([begun.movie_id for begun in page])
        items = tuple(_item(begun, cards.get(begun.movie_id)) for begun in page)
        return ContinuePage(items=items, next_cursor=next_cursor, degraded=reading.degraded)


class _Reading:
    """One answer's reads, and whether one of them failed."""

    def __init__(self, use: ContinueWatching, viewer: str) -> None:
        self._use, self._viewer = use, viewer
        self.degraded = False
        # It is asked three times; a database that is away is waited for once.
        self._database_is_away = False

    def page(self, limit: int, before: str | None) -> Sequence[Begun]:
        live = self._live()
        mine = [
            begun for begun in _begun(live) if self._use.rule.takes(begun.at) and (before is None or begun.id < before)
        ]
        kept = self._kept(limit, before, without=list(live), otherwise=bool(live))
        mine += _begun({item.key.movie_id: item.state for item in kept})
        return sorted(mine, key=lambda begun: begun.id, reverse=True)[:limit]

    def cards(self, movie_ids: Sequence[str]) -> Mapping[str, MovieCard]:
        """A list without titles is better than none."""
        if not movie_ids or self._database_is_away:
            return {}
        try:
            return self._use.movies.cards(movie_ids)
        except TransientError:
            return self._without_database({})

    def _live(self) -> Mapping[str, Watched]:
        try:
            live = self._use.live.of_viewer(self._viewer)
        except TransientError:
            self.degraded = True
            return {}
        known = self._known([WatchKey(self._viewer, movie_id) for movie_id in live])
        return {
            movie_id: join(known[movie_id].state, state) if movie_id in known else state
            for movie_id, state in live.items()
        }

    def _known(self, keys: Sequence[WatchKey]) -> Mapping[str, Kept]:
        try:
            return {key.movie_id: kept for key, kept in self._use.store.read(keys).items()} if keys else {}
        except TransientError:
            return self._without_database({})

    def _kept(self, limit: int, before: str | None, *, without: Sequence[str], otherwise: bool) -> Sequence[Kept]:
        if self._database_is_away:
            return ()
        try:
            return self._use.store.page(self._viewer, self._use.rule, limit, before, without)
        except TransientError:
            if not otherwise:
                raise
            return self._without_database(())

    def _without_database(self, instead: T) -> T:
        self.degraded = self._database_is_away = True
        return instead


def _begun(states: Mapping[str, Watched]) -> list[Begun]:
    return [
        Begun(order_of(movie_id, current.sequence), movie_id, current)
        for movie_id, state in states.items()
        if (current := state.current) is not None
    ]


def _item(begun: Begun, card: MovieCard | None) -> ContinueItem:
    at = begun.at
    return ContinueItem(
        movie_id=begun.movie_id,
        title=None if card is None else card.title,
        poster_url=None if card is None else card.poster_url,
        asset_id=None if card is None else card.asset_id,
        available=card is not None and card.playable,
        position_seconds=at.position_seconds,
        duration_seconds=at.duration_seconds,
        fraction=round(at.fraction, 4),
        device=at.device,
        updated_at=moment_of(at.sequence),
    )
