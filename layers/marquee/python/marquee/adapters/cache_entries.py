"""Entries of the cache, and where they are kept: what `ServingCache` needs of a store, and one in memory."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from marquee.domain.cache import Json, Policy

# Below this many characters compressing gains nothing worth its time.
COMPRESS_FROM = 2048
_COMPRESSED = "z:"
# What a process keeps beside Valkey, for when that is away.
MOST_ENTRIES = 256

Age = Literal["fresh", "revalidate", "on_error", "gone"]
Outcome = Literal["kept", "failed", "waited"]


@dataclass(frozen=True, slots=True)
class Entry:
    """`made_at`: seconds since 1970. `fresh_seconds` has its jitter in it. `tags`: their versions before the value
    was asked for, so that a write in between is noticed."""

    value: Json
    made_at: float
    fresh_seconds: float
    tags: Mapping[str, str]

    def age(self, policy: Policy, now: float, versions: Mapping[str, str]) -> Age:
        if any(versions.get(tag, "") != version for tag, version in self.tags.items()):
            return "gone"
        age = now - self.made_at
        if age < self.fresh_seconds:
            return "fresh"
        if self.value is None or age >= policy.longest:
            return "gone"  # that something is not there is believed shortly or not at all
        if age < self.fresh_seconds + policy.revalidate:
            return "revalidate"
        return "on_error" if age < self.fresh_seconds + policy.on_error else "gone"

    def encoded(self) -> str:
        """Text, because the connection's answers are text; zipped where that makes it shorter."""
        text = json.dumps([self.value, self.made_at, self.fresh_seconds, self.tags], separators=(",", ":"))
        if len(text) < COMPRESS_FROM:
            return text
        return _COMPRESSED + base64.b85encode(zlib.compress(text.encode(), 6)).decode()


def decoded(text: str) -> Entry | None:
    """None for what an older or newer Marquee wrote in another form."""
    try:
        if text.startswith(_COMPRESSED):
            text = zlib.decompress(base64.b85decode(text[len(_COMPRESSED) :])).decode()
        value, made_at, fresh_seconds, tags = json.loads(text)
        return Entry(value, float(made_at), float(fresh_seconds), dict(tags))
    except (ValueError, TypeError, zlib.error):
        return None


class EntryStore(Protocol):
    """Where entries, versions of tags and leases are. Methods raise `ValkeyAway` where it can be away."""

    def get(self, key: str, tags: Sequence[str]) -> tuple[Entry | None, dict[str, str]]:
        """The entry, and the present version of each tag ("" for one never touched)."""
        ...

    def put(self, key: str, entry: Entry, *, seconds: int) -> None: ...

    def touch(self, tags: Sequence[str]) -> None:
        """Each tag has a version it never had before."""
        ...

    def lease(self, key: str, *, seconds: float) -> str | None:
        """The right to ask for `key` anew; None while another has it."""
        ...

    def release(self, key: str, lease: str, *, kept: bool) -> None:
        """Give it back and wake those who wait, telling whether there is an entry now."""
        ...

    def wait(self, key: str, *, seconds: float) -> Outcome:
        """Wait for the release of the lease: how it ended, or `waited` when nothing was told in time."""
        ...


class MemoryEntries:
    """In this process; the least used go first."""

    def __init__(self, *, most: int = MOST_ENTRIES) -> None:
        self._most = most
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._tags: dict[str, str] = {}
        self._leases: dict[str, tuple[str, float]] = {}
        self._changed = threading.Condition()

    def get(self, key: str, tags: Sequence[str]) -> tuple[Entry | None, dict[str, str]]:
        with self._changed:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry, {tag: self._tags.get(tag, "") for tag in tags}

    def put(self, key: str, entry: Entry, *, seconds: int) -> None:
        with self._changed:
            self._entries[key] = entry
            self._entries.move_to_end(key)
            while len(self._entries) > self._most:
                self._entries.popitem(last=False)

    def note(self, versions: Mapping[str, str]) -> None:
        """The versions that tags have elsewhere."""
        with self._changed:
            self._tags.update(versions)

    def touch(self, tags: Sequence[str]) -> None:
        with self._changed:
            self._tags.update((tag, secrets.token_hex(8)) for tag in tags)

    def lease(self, key: str, *, seconds: float) -> str | None:
        with self._changed:
            held = self._leases.get(key)
            if held is not None and time.monotonic() < held[1]:
                return None
            lease = secrets.token_hex(8)
            self._leases[key] = (lease, time.monotonic() + seconds)
            return lease

    def release(self, key: str, lease: str, *, kept: bool) -> None:
        with self._changed:
            if self._leases.get(key, ("", 0.0))[0] == lease:
                del self._leases[key]
            self._changed.notify_all()

    def wait(self, key: str, *, seconds: float) -> Outcome:
        with self._changed:
            ended = self._changed.wait_for(lambda: key not in self._leases, timeout=seconds)
            if not ended:
                return "waited"
            return "kept" if key in self._entries else "failed"
