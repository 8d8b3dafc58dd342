"""Listing keys in order, rolled up at a delimiter, by seeking in the index: cost follows the answer, not the bucket."""

from dataclasses import dataclass

from local.s3.index import Index
from local.s3.model import ObjectInfo
from local.s3.store import object_of

_PAGE = 1000


@dataclass(frozen=True)
class Listing:
    """`entries` in key order: an object, or a common prefix as text. `last` is where the next page goes on."""

    entries: tuple[ObjectInfo | str, ...]
    is_truncated: bool

    @property
    def last(self) -> str | None:
        if not self.entries:
            return None
        entry = self.entries[-1]
        return entry if isinstance(entry, str) else entry.key


def after_prefix(prefix: bytes) -> bytes | None:
    """The smallest key greater than all keys with this prefix; None when there is none."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes([stripped[-1] + 1]) if stripped else None


def list_objects(index: Index, bucket: str, *, prefix: str, delimiter: str, after: str, limit: int) -> Listing:
    """Up to `limit` entries with keys, or common prefixes, greater than `after` (empty: from the start)."""
    walk = _Walk(index, bucket, prefix, delimiter, after)
    entries: list[ObjectInfo | str] = []
    while len(entries) <= limit:
        entry = walk.next()
        if entry is None:
            break
        entries.append(entry)
    return Listing(tuple(entries[:limit]), bool(limit) and len(entries) > limit)


class _Walk:
    def __init__(self, index: Index, bucket: str, prefix: str, delimiter: str, after: str) -> None:
        self._index = index
        self._bucket = bucket
        self._prefix = prefix
        self._delimiter = delimiter
        self._end = after_prefix(prefix.encode())
        # a key directly after `after` is it with a zero byte behind
        self._position: bytes | None = max(prefix.encode(), after.encode() + b"\x00" if after else b"")
        rolled = self._common_prefix(after) if after.startswith(prefix) else None
        if rolled is not None:
            # this prefix sorts at or before `after`: the page before has shown it
            self._position = after_prefix(rolled.encode())
        self._page: list[ObjectInfo] = []

    def _common_prefix(self, key: str) -> str | None:
        if not self._delimiter:
            return None
        found = key.find(self._delimiter, len(self._prefix))
        return None if found < 0 else key[: found + len(self._delimiter)]

    def next(self) -> ObjectInfo | str | None:
        if not self._page:
            self._fetch()
        if not self._page:
            return None
        info = self._page.pop()
        rolled = self._common_prefix(info.key)
        if rolled is None:
            return info
        self._page = []
        self._position = after_prefix(rolled.encode())
        return rolled

    def _fetch(self) -> None:
        """The next page, last key first."""
        if self._position is None:
            return
        bound = "" if self._end is None else "AND key < ?"
        query = f"SELECT * FROM objects WHERE bucket = ? AND key >= ? {bound} ORDER BY key LIMIT ?"  # noqa: S608
        ends = () if self._end is None else (self._end,)
        # with a delimiter most keys of a page are rolled into one: look at few, then seek
        limit = 50 if self._delimiter else _PAGE
        with self._index.read() as db:
            rows = db.execute(query, (self._bucket, self._position, *ends, limit)).fetchall()
        self._page = [object_of(row) for row in reversed(rows)]
        self._position = self._page[0].key.encode() + b"\x00" if self._page else None
