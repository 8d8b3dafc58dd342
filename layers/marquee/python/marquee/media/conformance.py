"""Prove that what was encoded is what was planned, before anything of it is final. Pure.

Exit code 0 is not success: frames, times, boundaries and sizes are counted. Every finding is an
`OutputMismatch` (permanent: the same input would give the same output).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from marquee.domain import keys
from marquee.domain.errors import OutputMismatch
from marquee.domain.media import AudioTrack, EncodedSegment, EncodedTrack, Plan

# MP4 and MOV have an index of the sound; elsewhere a stream's length is estimated from what lies at its end.
INDEXED_CONTAINERS = "mov,mp4"
INDEXED_TOLERANCE_SECONDS = Fraction(1, 4)
ESTIMATED_TOLERANCE_SECONDS = Fraction(3, 2)
# A container's last frame has no end of its own in some formats.
END_TOLERANCE_FRAMES = 2


def join_shares(name: str, shares: Sequence[EncodedTrack]) -> EncodedTrack:
    """One whole track from its shards' shares; checks that they fit together without gap or repeat.

    Each segment of the whole lasts until the next one starts, which is what is on the screen: in films of
    variable rate a share cannot know how long its last frame is shown.
    """
    if not shares:
        raise OutputMismatch(f"{name} was not encoded")
    for what in ("init_sha256", "init_size_bytes", "codecs", "timescale"):
        if len({getattr(share, what) for share in shares}) != 1:
            raise OutputMismatch(f"shards of {name} differ in {what}")
    segments = sorted((s for share in shares for s in share.segments), key=lambda s: s.number)
    if [s.number for s in segments] != list(range(len(segments))) or not segments:
        raise OutputMismatch(f"segments of {name} are missing or repeated")
    for segment in segments:
        _check_segment(name, segment)
    lasting = [_lasting(name, one, following) for one, following in pairwise(segments)]
    return shares[0].model_copy(update={"segments": (*lasting, segments[-1])})


def check_video(plan: Plan, tracks: Mapping[str, EncodedTrack]) -> None:
    """Every rendition whole, in step with the others, and with every frame of the source once."""
    source = plan.media.video
    planned = 1 + max(segment.number for shard in plan.shards for segment in shard.segments)
    reference = next(iter(tracks.values()))
    for name, track in tracks.items():
        if len(track.segments) != planned:
            raise OutputMismatch(f"{name} has {len(track.segments)} segments, {planned} are planned")
        if any(segment.iframe_bytes <= 0 for segment in track.segments):
            raise OutputMismatch(f"a segment of {name} does not start with a key frame")
        if [(s.start, s.samples) for s in track.segments] != [(s.start, s.samples) for s in reference.segments]:
            raise OutputMismatch(f"segments of {name} and {reference.name} are not aligned")
    if source.frame_count is not None and (frames := frame_count(reference)) != source.frame_count:
        raise OutputMismatch(f"{frames} frames were encoded of {source.frame_count}")
    end = Fraction(source.end_pts) * source.time_base - plan.origin_seconds
    if abs(_end(reference) - end) > max(END_TOLERANCE_FRAMES / source.frame_rate, Fraction(1, 10)):
        raise OutputMismatch(f"video ends at {float(_end(reference)):.3f} s, not at {float(end):.3f} s")


def check_steady(plan: Plan, shares: Sequence[EncodedTrack]) -> None:
    """In a film of constant rate the reported ends and starts touch, also over shards, to one tick."""
    if not plan.media.video.constant_frame_rate:
        return
    segments = sorted((s for share in shares for s in share.segments), key=lambda s: s.number)
    for one, following in pairwise(segments):
        if abs(following.start - one.start - one.duration) > 1:
            raise OutputMismatch(f"{shares[0].name} has a gap before segment {following.number}")


def check_audio(plan: Plan, audio: AudioTrack, track: EncodedTrack) -> None:
    """The track is without a gap and ends where the source's does (when the source says so)."""
    source = next(a for a in plan.media.audio if a.stream_index == audio.stream_index)
    if source.duration_seconds is None:
        return
    end = source.start_pts * source.time_base + Fraction(source.duration_seconds) - plan.origin_seconds
    indexed = plan.media.container.startswith(INDEXED_CONTAINERS)
    if abs(_end(track) - end) > (INDEXED_TOLERANCE_SECONDS if indexed else ESTIMATED_TOLERANCE_SECONDS):
        raise OutputMismatch(f"audio {audio.name} ends at {float(_end(track)):.3f} s, not at {float(end):.3f} s")


def check_objects(track: EncodedTrack, sizes: Mapping[str, int]) -> None:
    """Every segment that the track names lies in the bucket, whole. `sizes` by name in the media folder."""
    wanted = {keys.INIT_SEGMENT: track.init_size_bytes} | {s.uri: s.size_bytes for s in track.segments}
    for uri, size in wanted.items():
        there = sizes.get(f"{track.name}/{uri}")
        if there != size:
            found = "is missing" if there is None else f"has {there} bytes, not {size}"
            raise OutputMismatch(f"{track.name}/{uri} {found}")


def frame_count(track: EncodedTrack) -> int:
    """Samples of a whole track."""
    return sum(segment.samples for segment in track.segments)


def _check_segment(name: str, segment: EncodedSegment) -> None:
    if segment.uri != keys.segment_name(segment.number):
        raise OutputMismatch(f"segment {segment.number} of {name} is called {segment.uri}")
    if segment.duration <= 0 or segment.samples <= 0 or segment.size_bytes <= 0:
        raise OutputMismatch(f"segment {segment.number} of {name} is empty")


def _lasting(name: str, one: EncodedSegment, following: EncodedSegment) -> EncodedSegment:
    if following.start <= one.start:
        raise OutputMismatch(f"segment {following.number} of {name} starts before the one ahead of it")
    return one.model_copy(update={"duration": following.start - one.start})


def _end(track: EncodedTrack) -> Fraction:
    last = track.segments[-1]
    return Fraction(last.start + last.duration, track.timescale)
