"""What is kept near so that it need not be asked for again, and for how long.

Keys are `cache:{area}:{id}`; the area decides how long an entry lives. A write says which tags it touched, and
every entry that carries one of them is gone at that moment.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Json = Any
"""What `json` can write: a value of a cache. None means: there is no such thing (and is remembered shortly)."""

DAY = 86_400
# TMDB's terms: nothing of theirs is kept longer. No entry of any area is.
LONGEST_SECONDS = 180 * DAY

Area = Literal["tmdb_details", "tmdb_search", "tmdb_popular", "movie", "movies", "statistics", "sources"]
Origin = Literal["cache", "stale", "loaded"]


@dataclass(frozen=True, slots=True)
class Policy:
    """How long an entry serves, in seconds from its making; later spans begin where `fresh` ends.

    `revalidate`: it is given out while one caller asks anew. `on_error`: it is given out when asking anew
    fails. `negative`: how long "there is no such thing" is believed.
    """

    fresh: int
    revalidate: int
    on_error: int
    negative: int

    @property
    def longest(self) -> int:
        return min(LONGEST_SECONDS, self.fresh + max(self.revalidate, self.on_error))


POLICIES: Mapping[Area, Policy] = {
    # films change rarely, and are what an outage must not take away
    "tmdb_details": Policy(fresh=DAY, revalidate=6 * DAY, on_error=30 * DAY, negative=3600),
    "tmdb_search": Policy(fresh=3600, revalidate=DAY, on_error=7 * DAY, negative=600),
    "tmdb_popular": Policy(fresh=6 * 3600, revalidate=DAY, on_error=30 * DAY, negative=600),
    # our own are invalidated by their writes: the times bound what a lost invalidation costs
    "movie": Policy(fresh=300, revalidate=0, on_error=DAY, negative=30),
    "movies": Policy(fresh=60, revalidate=60, on_error=DAY, negative=30),
    "statistics": Policy(fresh=60, revalidate=600, on_error=DAY, negative=30),
    "sources": Policy(fresh=30, revalidate=30, on_error=3600, negative=10),
}

_READABLE = re.compile(r"[A-Za-z0-9._=,-]{1,80}")


@dataclass(frozen=True, slots=True)
class CacheKey:
    """`area` and what tells its entries apart."""

    area: Area
    id: str

    @classmethod
    def of(cls, area: Area, *parts: object) -> CacheKey:
        """Parts as they are where they are short and plain, else as their digest: a caller's words never
        become part of a key."""
        texts = ["" if part is None else str(part) for part in parts]
        plain = all(_READABLE.fullmatch(text) or not text for text in texts)
        joined = ":".join(texts)
        if plain and len(joined) <= 120:
            return cls(area, joined)
        length_marked = "".join(f"{len(text)}:{text}" for text in texts)  # ("a", "b:c") is not ("a:b", "c")
        return cls(area, hashlib.sha256(length_marked.encode()).hexdigest()[:40])

    @property
    def policy(self) -> Policy:
        return POLICIES[self.area]

    def __str__(self) -> str:
        return f"cache:{self.area}:{self.id}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a cache gives. `origin`: fresh out of the cache, out of it though it is old, or asked for just now.

    `degraded`: it is old because asking anew failed.
    """

    value: Json
    origin: Origin
    degraded: bool = False


class Cache(Protocol):
    """Read-through. When the store is away every question goes to its loader; that is never an error."""

    def read(self, key: CacheKey, load: Callable[[], Json], *, tags: Sequence[str] = ()) -> Found:
        """The entry, or what `load` gives, which is then kept.

        Of many that miss at once, in any process, one calls `load` and the others wait for its answer.
        Raises what `load` raises when there is no old entry to give; waiting in vain raises `TransientError`.
        `load` must bound its own time. `tags` name what the value is made of (`movie:mov_1`, `movies`).
        """
        ...

    def invalidate(self, *tags: str) -> None:
        """Nothing made before now with one of these tags is given out again. Never raises: when the store is
        away the times of the area bound how long old values may be seen."""
        ...
