"""A look into the sample tables of an MP4 for what no demuxer tells at once."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from marquee.media.probe_boxes import MAX_INNER_BOXES, boxes_in
from marquee.media.probe_source import SourceFile

Place = tuple[int, int]
"""Where the content of a box lies, and its length."""


def composition_offsets(source: SourceFile, *, track_id: int, frames: int) -> list[int] | None:
    """Presentation minus decoding time of each of the track's `frames`, in its time base; None when not told."""
    table = _sample_table(source, track_id)
    if table is None:
        return None
    found = table.get(b"ctts")
    if found is None:
        return [0] * frames
    start, length = found
    runs = (length - 8) // 8
    body = source.read_exactly(start, 8 + 8 * min(runs, frames))
    if len(body) < 8:
        return None
    (count,) = struct.unpack_from(">I", body, 4)
    if count > (len(body) - 8) // 8:
        return None
    offsets: list[int] = []
    for repeat, offset in struct.iter_unpack(">Ii", body[8 : 8 + 8 * count]):
        if repeat > frames - len(offsets):
            return None
        offsets += [offset] * repeat
    return offsets if len(offsets) == frames else None


def _sample_table(source: SourceFile, track_id: int) -> dict[bytes, Place] | None:
    """Where the content of each box in the track's `stbl` lies, with its length."""
    whole = (0, source.size_bytes)
    for moov in _within(source, whole, b"moov"):
        for trak in _within(source, moov, b"trak"):
            if track_id in {_track_id(source, tkhd) for tkhd in _within(source, trak, b"tkhd")}:
                inner = [trak]
                for name in (b"mdia", b"minf", b"stbl"):
                    inner = [box for outer in inner for box in _within(source, outer, name)]
                if len(inner) == 1:
                    return dict(_contents(source, inner[0]))
    return None


def _track_id(source: SourceFile, tkhd: Place) -> int | None:
    start, _ = tkhd
    body = source.read_exactly(start, 24)
    if len(body) < 24:
        return None
    return int(struct.unpack_from(">I", body, 20 if body[0] == 1 else 12)[0])


def _contents(source: SourceFile, outer: Place) -> Iterator[tuple[bytes, Place]]:
    start, length = outer
    for name, place, size, header in boxes_in(source, start, start + length, limit=MAX_INNER_BOXES):
        yield name, (place + header, size - header)


def _within(source: SourceFile, outer: Place, wanted: bytes) -> list[Place]:
    return [place for name, place in _contents(source, outer) if name == wanted]
