"""The times of all frames of a long MP4 from its tables, with only the first and the last packets read.

A demuxer tells a packet's pts one packet at a time, which for an hour of film takes longer than its first
pictures take to encode. Its index has all decoding times at once and `ctts` what lies between the two: the rest is
addition. Packets at both ends must say the same, or nothing is said here and every packet is read.
"""

from __future__ import annotations

from array import array
from itertools import islice, pairwise, repeat
from operator import add

import av

from marquee.media.probe_packets import DISCARDED_ENTRY, KEYFRAME_ENTRY, FrameTimes, Index, Packet, read_packets
from marquee.media.probe_source import SourceFile
from marquee.media.probe_tables import composition_offsets

_PROOF_PACKETS = 64


def read_index(
    container: av.container.InputContainer, stream: av.VideoStream, source: SourceFile, index: Index
) -> FrameTimes | None:
    """The times of all frames; None where tables and packets differ or edits hide frames."""
    keys = [number for number, flags in enumerate(index.flags) if flags & KEYFRAME_ENTRY]
    if not keys or keys[0] != 0 or any(flags & DISCARDED_ENTRY for flags in set(index.flags)):
        return None
    offsets = composition_offsets(source, track_id=stream.id, frames=len(index))
    if offsets is None:
        return None
    source.hollow = True
    try:
        container.seek(-(1 << 40), stream=stream)
        first = list(islice(read_packets(container, stream, set()), _PROOF_PACKETS))
        container.seek(index.timestamps[keys[-1]], stream=stream)
        last = list(read_packets(container, stream, set()))
    finally:
        source.hollow = False
    if not first or not last:
        return None
    shift = first[0].pts - index.timestamps[0] - offsets[0]
    pts = array("q", map(add, map(add, index.timestamps, offsets), repeat(shift)))
    if not (_agree(first, pts[: len(first)]) and _agree(last, pts[-len(last) :])):
        return None
    return _times(pts, keys, last)


def _agree(packets: list[Packet], pts: array[int]) -> bool:
    return [packet.pts for packet in packets] == list(pts) and not any(packet.hidden for packet in packets)


def _times(pts: array[int], keys: list[int], last: list[Packet]) -> FrameTimes | None:
    shown = array("q", sorted(pts))
    final = max(last, key=lambda packet: (packet.pts, packet.duration))
    # Frames in front of the first keyframe are not shown, and the film's last frame may lie before its last keyframe.
    if shown[0] < pts[0] or shown[-1] != final.pts:
        return None
    groups = pairwise([*keys, len(pts)])
    closed = all(min(pts[begin:end]) == pts[begin] for begin, end in groups)
    return FrameTimes(shown, [pts[number] for number in keys], final.duration, True, closed)
