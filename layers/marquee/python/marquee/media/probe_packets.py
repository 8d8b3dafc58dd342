"""Frames as a demuxer tells of them: packets of one stream, and what was learnt from many of them.

All `pts` are in the stream's time base.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import av

Read = TypeVar("Read")
KEYFRAME_ENTRY, DISCARDED_ENTRY = 1, 2  # AVINDEX_KEYFRAME, AVINDEX_DISCARD_FRAME
_NO_FILL_IN, _NO_PARSE = 1 << 4, 1 << 5  # AVFMT_FLAG_NOFILLIN, AVFMT_FLAG_NOPARSE


@dataclass(frozen=True)
class Index:
    """A container's own list of packets: decoding times, flags, and where the bytes end that it points to."""

    timestamps: tuple[int, ...]
    flags: tuple[int, ...]
    end: int

    @classmethod
    def of(cls, stream: av.VideoStream) -> Index:
        rows = [(entry.timestamp, entry.flags, entry.pos + entry.size) for entry in stream.index_entries]
        timestamps, flags, ends = zip(*rows, strict=True) if rows else ((), (), (0,))
        return cls(timestamps, flags, max(ends))

    def __len__(self) -> int:
        return len(self.timestamps)

    @property
    def keyframe_times(self) -> list[int]:
        return [time for time, flags in zip(self.timestamps, self.flags, strict=True) if flags & KEYFRAME_ENTRY]


@dataclass
class FrameTimes:
    """Sorted `pts` of the frames that were seen; `complete` when these are all frames of the film.

    `closed`: no frame shown before a keyframe is coded after it, so decoding may begin at any keyframe.
    It is False, too, where keyframes were left out: then it is safe to begin one earlier.
    """

    pts: array[int]
    keyframes: list[int]
    last_duration: int
    complete: bool
    closed: bool


@dataclass(frozen=True)
class Packet:
    pts: int
    duration: int
    keyframe: bool
    hidden: bool


def read_packets(
    container: av.container.InputContainer, stream: av.VideoStream, keys: set[int] | None = None
) -> Iterator[Packet]:
    """The shown frames in coding order. `keys` are decoding times of keyframes, when flags cannot be trusted."""
    for packet in to_the_end(container.demux(stream)):
        pts = packet.dts if packet.pts is None else packet.pts
        if pts is None:
            continue
        keyframe = packet.is_keyframe if keys is None else packet.dts in keys
        yield Packet(pts, packet.duration or 0, keyframe, packet.is_discard)


def to_the_end(read: Iterator[Read]) -> Iterator[Read]:
    """Everything that is read. PyAV stumbles, when all has been read, over a stream that the header did not name."""
    with suppress(IndexError):
        yield from read


def trust_the_container(container: av.container.InputContainer) -> None:
    """For hollow reads: parsers would take the zeros for broken pictures, so only the container is asked."""
    container.flags |= _NO_FILL_IN | _NO_PARSE
