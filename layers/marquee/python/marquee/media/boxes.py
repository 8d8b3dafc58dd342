"""Boxes of ISO base media files (ISO/IEC 14496-12): walk them, find one, make one."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from marquee.domain.errors import OutputMismatch

_HEAD = struct.Struct(">I4s")


@dataclass(frozen=True, slots=True)
class Box:
    """Where one box lies in the bytes it was found in: `[start, end)`, its content from `body`."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes(data: bytes | memoryview, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes that lie one after another in `data[start:end]`; raises `OutputMismatch` for broken ones."""
    stop = len(data) if end is None else end
    while start < stop:
        size, kind = _HEAD.unpack_from(data, start) if stop - start >= 8 else (0, b"")
        if size < 8 or start + size > stop:
            raise OutputMismatch(f"the encoder wrote a broken box at byte {start}")
        yield Box(kind, start, start + 8, start + size)
        start += size


def find(data: bytes | memoryview, *path: bytes, start: int = 0, end: int | None = None) -> Box | None:
    """The first box reached by walking down `path` of plain container boxes, or None."""
    for box in boxes(data, start, end):
        if box.kind == path[0]:
            return box if len(path) == 1 else find(data, *path[1:], start=box.body, end=box.end)
    return None


def need(data: bytes | memoryview, *path: bytes, start: int = 0, end: int | None = None) -> Box:
    """As `find`, but a missing box raises `OutputMismatch`."""
    box = find(data, *path, start=start, end=end)
    if box is None:
        raise OutputMismatch(f"the encoder wrote no {b'/'.join(path).decode('latin-1')} box")
    return box


def box(kind: bytes, *parts: bytes | memoryview) -> bytes:
    """One box made of its content's parts."""
    return _HEAD.pack(8 + sum(len(part) for part in parts), kind) + b"".join(parts)


def full_box(kind: bytes, version: int, flags: int, *parts: bytes | memoryview) -> bytes:
    """One box with version and flags in front of its content."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)
