"""Watch progress in Valkey (`domain.watch_stores.LiveWatch`).

Keys, all of one shard in one slot, so that a script may touch several:

    progress:{07}:entry:<viewer>/<movie>   the state, JSON       lives UNFLUSHED, once in the database CACHED
    progress:{07}:index:<viewer>           movies by last report lives UNFLUSHED
    progress:{07}:dirty                    `viewer/movie` by when it became so      cleared by the flush
    progress:{07}:flight · :holders        claims: until when, and whose            cleared by the flush
    progress:{07}:gone:<viewer>            mark of the forgotten                    lives FORGOTTEN
    progress:{07}:sweep                    the forgotten, until the flush swept the database
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import valkey

from marquee.adapters.live_watch_scripts import CLAIM, CONFIRM, DROP_OUTDATED, RECORD
from marquee.domain.errors import TransientError, Unauthenticated
from marquee.domain.watch_stores import Claimed, Recorded, WatchKey, Written
from marquee.domain.watching import (
    BEGINS_AGAIN_BELOW,
    COMPLETED_FROM,
    MAX_COMPLETIONS,
    MAX_PLAYBACKS,
    NOTHING_KNOWN,
    Report,
    Watched,
)

SHARDS = 16
# The database may be away for so long before anything is lost.
UNFLUSHED_SECONDS = 7 * 24 * 3600
# Flushed entries stay a day: players ask for them, and they remember which report of a session was the last.
CACHED_SECONDS = 24 * 3600
# Longer than a token lives, and than a flush that had read an entry before it was forgotten.
FORGOTTEN_SECONDS = 24 * 3600
SWEEP_AFTER_SECONDS = 120
SWEEP_AT_ONCE = 20
REST_SECONDS = 2.0


class ValkeyLiveWatch:
    """One round trip a report."""

    def __init__(self, client: valkey.Valkey, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._monotonic = monotonic
        self._rest_until = float("-inf")
        self._record = client.register_script(RECORD)
        self._claim = client.register_script(CLAIM)
        self._confirm = client.register_script(CONFIRM)
        self._drop_outdated = client.register_script(DROP_OUTDATED)

    @property
    def shards(self) -> Sequence[int]:
        return range(SHARDS)

    def record(self, key: WatchKey, report: Report) -> Recorded:
        place = _Place(_shard_of(key.viewer))
        keys = [place.entry(key), place.index(key.viewer), place.dirty, place.gone(key.viewer)]
        limits = [UNFLUSHED_SECONDS, COMPLETED_FROM, BEGINS_AGAIN_BELOW, MAX_PLAYBACKS, MAX_COMPLETIONS]
        arguments: list[str | float] = [report.model_dump_json(), _member(key), key.movie_id, *limits]
        with self._reached():
            outcome: Any = self._record(keys=keys, args=arguments)
        if outcome[0] == -1:
            raise Unauthenticated("This account was deleted.", code="account_deleted")
        return Recorded(Watched.model_validate_json(outcome[1]), news=outcome[0] == 1)

    def get(self, key: WatchKey) -> Watched | None:
        with self._reached():
            found: Any = self._client.get(_Place(_shard_of(key.viewer)).entry(key))
        return _state(found)

    def of_viewer(self, viewer: str) -> Mapping[str, Watched]:
        place = _Place(_shard_of(viewer))
        with self._reached():
            movies: Any = self._client.zrange(place.index(viewer), 0, -1)
            keys = [place.entry(WatchKey(viewer, movie)) for movie in movies]
            found: Any = self._client.mget(keys) if keys else []
        states = zip(movies, map(_state, found), strict=True)
        return {movie: state for movie, state in states if state is not None}

    def claim(self, shard: int, limit: int, token: str, lease_seconds: float) -> Sequence[Claimed]:
        place = _Place(shard)
        with self._reached():
            members: Any = self._claim(
                keys=[place.dirty, place.flight, place.holders], args=[limit, round(lease_seconds * 1000), token]
            )
            claimed = [_key(member) for member in members]
            found: Any = self._client.mget([place.entry(key) for key in claimed]) if claimed else []
        return [Claimed(key, _state(raw)) for key, raw in zip(claimed, found, strict=True)]

    def confirm(self, shard: int, token: str, written: Mapping[WatchKey, Written | None]) -> int:
        place = _Place(shard)
        with self._reached(), self._client.pipeline(transaction=False) as pipeline:
            for key, outcome in written.items():
                claimed, state = outcome or (0, NOTHING_KNOWN)
                self._confirm(
                    keys=[place.entry(key), place.dirty, place.flight, place.holders],
                    args=[_member(key), token, claimed, state.model_dump_json(), CACHED_SECONDS],
                    client=pipeline,
                )
            return sum(pipeline.execute())  # type: ignore[no-untyped-call]

    def drop_outdated(self, key: WatchKey, sequence: int) -> None:
        place = _Place(_shard_of(key.viewer))
        with self._reached():
            self._drop_outdated(keys=[place.entry(key), place.dirty, place.flight], args=[_member(key), sequence])

    def forget(self, viewer: str) -> None:
        place = _Place(_shard_of(viewer))
        with self._reached():
            # First of all: from here on nothing new comes.
            self._client.set(place.gone(viewer), "1", ex=FORGOTTEN_SECONDS)
            self._client.zadd(place.sweep, {viewer: self._now() + SWEEP_AFTER_SECONDS})
            movies: Any = self._client.zrange(place.index(viewer), 0, -1)
            with self._client.pipeline(transaction=False) as pipeline:
                for key in (WatchKey(viewer, movie) for movie in movies):
                    pipeline.delete(place.entry(key))
                    pipeline.zrem(place.dirty, _member(key))
                    pipeline.zrem(place.flight, _member(key))
                    pipeline.hdel(place.holders, _member(key))
                pipeline.delete(place.index(viewer))
                pipeline.execute()  # type: ignore[no-untyped-call]

    def forgotten(self) -> Sequence[str]:
        with self._reached():
            now = self._now()
            return [viewer for shard in self.shards for viewer in self._due(_Place(shard), now)]

    def swept(self, viewer: str) -> None:
        with self._reached():
            self._client.zrem(_Place(_shard_of(viewer)).sweep, viewer)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Not even tried for a while after it failed: a server that hangs costs one timeout, not one a call."""
        if self._monotonic() < self._rest_until:
            raise TransientError("The cache could not be reached a moment ago.")
        try:
            yield
        except valkey.ValkeyError as error:
            self._rest_until = self._monotonic() + REST_SECONDS
            raise TransientError("The cache cannot be reached.") from error

    def _due(self, place: _Place, now: float) -> Sequence[str]:
        due: Any = self._client.zrangebyscore(place.sweep, "-inf", now, start=0, num=SWEEP_AT_ONCE)
        return list(due)

    def _now(self) -> float:
        """Seconds by the server's clock: the only one that all of us share."""
        seconds, microseconds = self._client.time()  # type: ignore[misc]
        return float(seconds) + float(microseconds) / 1e6


class _Place:
    """Names of the keys of one shard."""

    def __init__(self, shard: int) -> None:
        self._root = f"progress:{{{shard:02d}}}"
        self.dirty = f"{self._root}:dirty"
        self.flight = f"{self._root}:flight"
        self.holders = f"{self._root}:holders"
        self.sweep = f"{self._root}:sweep"

    def entry(self, key: WatchKey) -> str:
        return f"{self._root}:entry:{_member(key)}"

    def index(self, viewer: str) -> str:
        return f"{self._root}:index:{viewer}"

    def gone(self, viewer: str) -> str:
        return f"{self._root}:gone:{viewer}"


def _shard_of(viewer: str) -> int:
    return zlib.crc32(viewer.encode()) % SHARDS


def _member(key: WatchKey) -> str:
    return f"{key.viewer}/{key.movie_id}"


def _key(member: str) -> WatchKey:
    viewer, _, movie_id = member.rpartition("/")
    return WatchKey(viewer, movie_id)


def _state(raw: str | None) -> Watched | None:
    return None if raw is None else Watched.model_validate_json(raw)
