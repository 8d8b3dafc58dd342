"""Entries of the cache in Valkey.

Keys: `cache:{area}:{id}` an entry, `tag:{tag}` a tag's version, `cache-lease:{…}` who asks anew; each ends by
itself. Every command names one key: the cluster may have any two on different nodes.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Any

import valkey

from marquee.adapters.cache_entries import Entry, Outcome, decoded
from marquee.adapters.valkey_attempts import Attempts
from marquee.domain.cache import LONGEST_SECONDS

# A tag is remembered longer than any entry: a forgotten one would make old entries valid again.
TAG_SECONDS = LONGEST_SECONDS + 86_400

_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
redis.call('PUBLISH', KEYS[1], ARGV[2])
"""


class ValkeyEntries:
    """`EntryStore` of all instances. Raises `ValkeyAway`."""

    def __init__(self, client: valkey.Valkey, attempts: Attempts) -> None:
        self._client = client
        self._attempts = attempts
        self._release = client.register_script(_RELEASE)

    def get(self, key: str, tags: Sequence[str]) -> tuple[Entry | None, dict[str, str]]:
        def ask() -> Any:
            # one way there and back for all
            pipeline = self._client.pipeline(transaction=False)
            for name in (key, *(f"tag:{tag}" for tag in tags)):
                pipeline.get(name)
            return pipeline.execute()  # type: ignore[no-untyped-call]

        text, *versions = self._attempts.run(ask)
        entry = decoded(text) if text is not None else None
        return entry, {tag: version or "" for tag, version in zip(tags, versions, strict=True)}

    def put(self, key: str, entry: Entry, *, seconds: int) -> None:
        text = entry.encoded()
        self._attempts.run(lambda: self._client.set(key, text, ex=min(seconds, LONGEST_SECONDS)))

    def touch(self, tags: Sequence[str]) -> None:
        def write() -> Any:
            pipeline = self._client.pipeline(transaction=False)
            for tag in tags:
                pipeline.set(f"tag:{tag}", secrets.token_hex(8), ex=TAG_SECONDS)
            return pipeline.execute()  # type: ignore[no-untyped-call]

        self._attempts.run(write)

    def lease(self, key: str, *, seconds: float) -> str | None:
        lease = secrets.token_hex(8)
        milliseconds = int(seconds * 1000)
        won = self._attempts.run(lambda: self._client.set(_lease(key), lease, px=milliseconds, nx=True))
        return lease if won else None

    def release(self, key: str, lease: str, *, kept: bool) -> None:
        ending = "kept" if kept else "failed"
        self._attempts.run(lambda: self._release(keys=[_lease(key)], args=[lease, ending]))

    def wait(self, key: str, *, seconds: float) -> Outcome:
        return self._attempts.run(lambda: self._listen(key, seconds))  # type: ignore[no-any-return]

    def _listen(self, key: str, seconds: float) -> Outcome:
        """The lease's own channel says how it ended. The lease is looked at once more after subscribing: what
        was told before that, nobody repeats."""
        ends = time.monotonic() + seconds
        with self._client.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
            channel.subscribe(_lease(key))
            channel.get_message(timeout=seconds)  # the subscription's own answer
            if not self._client.exists(_lease(key)):
                return "kept" if self._client.exists(key) else "failed"
            while (left := ends - time.monotonic()) > 0:
                message = channel.get_message(timeout=left)
                if message is not None:
                    return "kept" if message["data"] == "kept" else "failed"
        return "waited"


def _lease(key: str) -> str:
    return f"cache-lease:{key}"
