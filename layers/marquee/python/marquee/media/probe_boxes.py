"""The few boxes of an MP4 that are worth a look before a demuxer builds anything from them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from marquee.media.probe_source import SourceFile

_MAX_TOP_BOXES = 256
MAX_INNER_BOXES = 4096
_HEAVY_BOXES = {b"mdat", b"moov", b"free", b"skip", b"wide", b"uuid", b"meta", b"udta"}


@dataclass(frozen=True)
class BoxFacts:
    """`cut_off`: the last box, of a kind that is known, says it ends beyond the file's size."""

    has_index: bool
    fragmented: bool
    tracks: int
    cut_off: bool


def read_boxes(source: SourceFile, size_bytes: int) -> BoxFacts:
    """Walk the top-level boxes up to the first fragment, and the children of `moov`."""
    has_index, fragmented, cut_off, tracks = False, False, False, 0
    for name, start, length, header in boxes_in(source, 0, size_bytes):
        if name == b"moof":
            break
        end = start + length
        cut_off = end > size_bytes and name in _HEAVY_BOXES
        if name == b"moov":
            has_index = end <= size_bytes
            names = [
                child for child, *_ in boxes_in(source, start + header, min(end, size_bytes), limit=MAX_INNER_BOXES)
            ]
            tracks += names.count(b"trak")
            fragmented = b"mvex" in names
    return BoxFacts(has_index, fragmented, tracks, cut_off)


def boxes_in(
    source: SourceFile, start: int, stop: int, limit: int = _MAX_TOP_BOXES
) -> Iterator[tuple[bytes, int, int, int]]:
    """Name, place, length and header length of each box in `[start, stop)`; the last may claim to end beyond."""
    seen = 0
    while start + 8 <= stop and seen < limit:
        length, name = struct.unpack(">I4s", source.read_exactly(start, 8))
        header = 8
        if length == 1:
            wide = source.read_exactly(start + 8, 8)
            length, header = (struct.unpack(">Q", wide)[0], 16) if len(wide) == 8 else (0, 16)
        elif length == 0:
            length = stop - start
        if length < header:
            return
        yield name, start, length, header
        start += length
        seen += 1
