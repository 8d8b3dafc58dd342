"""The times of all frames of a long MP4 from its tables, with only the first and the last packets read.

A demuxer tells a packet's pts one packet at a time, which for an hour of film takes longer than its first
pictures take to encode. Its index has all decoding times at once and `ctts` what lies between the two: the rest is
addition. Packets at both ends must say the same, or nothing is said here and every packet is read.
"""

from __future__ import annotations

from array import array
from itertools import islice, pairwise

import av

from marquee.media.probe_packets import DISCARDED_ENTRY, KEYFRAME_ENTRY, FrameTimes, Packet, read_packets
from marquee.media.probe_source import SourceFile
from marquee.media.probe_tables import composition_offsets

_PROOF_PACKETS = 64


def read_index(container: av.container.InputContainer, stream: av.VideoStream, source: SourceFile) -> FrameTimes | None:
    """The times of all frames; None where tables and packets differ or edits hide frames."""
    entries = [(entry.timestamp, entry.flags) for entry in stream.index_entries]
    keys = [number for number, (_, flags) in enumerate(entries) if flags & KEYFRAME_ENTRY]
    if not keys or keys[0] != 0 or any(flags & DISCARDED_ENTRY for _, flags in entries):
        return None
    offsets = composition_offsets(source, track_id=stream.id, frames=len(entries))
    if offsets is None:
        return None
    source.hollow = True
    try:
        container.seek(-(1 << 40), stream=stream)
        first = list(islice(read_packets(container, stream, set()), _PROOF_PACKETS))
        container.seek(entries[keys[-1]][0], stream=stream)
        last = list(read_packets(container, stream, set()))
    finally:
        source.hollow = False
    if not first or not last:
        return None
    shift = first[0].pts - entries[0][0] - offsets[0]
    pts = array("q", (entry[0] + offset + shift for entry, offset in zip(entries, offsets, strict=True)))
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
