"""The plan of a job: from what a film is to every piece of work there is, without looking at a clock or disk.

The head of the film is cut short and its lowest rendition encoded alone and first, so that it can be played
soon whatever the film's length. A bridge of growing shards keeps it playing until the body comes. The body is
cut into shards large enough that decoding from the keyframe before a cut costs nothing that counts, on keyframes
where they lie near.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from marquee.domain.media import AudioTrack, MediaInfo, Plan, Rendition, Segment, Shard
from marquee.media.grid import (
    Grid,
    move_off_long_frames,
    nearest,
    split_evenly,
    split_into_segments,
    split_into_shards,
)
from marquee.media.ladder import build_ladder
from marquee.media.planner_tiles import plan_storyboard
from marquee.media.planner_tracks import plan_audio
from marquee.media.runners import body_runner, head_runner


@dataclass(frozen=True)
class PlanPolicy:
    """Lengths in seconds. Measured: shards of 30 s cost nothing over one pass, of 10 s 2–5 %, of 4 s 14–17 %; the
    start of a worker 0.3 CPU seconds."""

    segment: float = 6.0
    head: float = 6.0
    head_segment: float = 2.0
    # A film up to here is one shard: its end comes sooner than a second worker would start.
    undivided: float = 10.0
    # Shards between head and body: whoever began to watch must not run dry while the body's workers start.
    bridge: tuple[float, ...] = (12.0, 24.0)
    # The last bridge leaves at least so much to the body.
    body: float = 15.0
    shard: float = 40.0
    longest_shard: float = 60.0
    # From this many shards on they grow instead, which spares a long film the starts of many workers.
    many_shards: int = 20
    # How long before a cut to begin decoding where keyframes are not known.
    blind_seek: float = 10.0


DEFAULT_POLICY = PlanPolicy()


def build_plan(
    job_id: str,
    asset_id: str,
    version: int,
    source_bucket: str,
    source_key: str,
    media: MediaInfo,
    *,
    policy: PlanPolicy = DEFAULT_POLICY,
) -> Plan:
    """The whole work of a job. The same arguments always give the same plan."""
    renditions = build_ladder(media)
    audio = plan_audio(media)
    origin = _origin(media, audio)
    video_end = media.video.end_pts * media.video.time_base
    duration = max(media.duration_seconds, float(video_end - origin))
    return Plan(
        job_id=job_id,
        asset_id=asset_id,
        version=version,
        source_bucket=source_bucket,
        source_key=source_key,
        media=media,
        timescale=choose_timescale(media),
        origin_seconds=origin,
        segment_seconds=policy.segment,
        renditions=renditions,
        shards=plan_shards(media, renditions, policy),
        audio=audio,
        storyboard=plan_storyboard(min(duration, float(video_end - origin)), media.video.display_size),
    )


def choose_timescale(media: MediaInfo) -> int:
    """Ticks a second in which every source pts, and every frame of a constant rate, is a whole number."""
    exact = media.video.time_base.denominator
    if media.video.constant_frame_rate:
        exact = math.lcm(exact, media.video.frame_rate.numerator)
    if exact > _FINEST_TIMESCALE:
        exact = media.video.time_base.denominator
    # Finer than that, 32-bit durations of long frames overflow: the 11 µs of the common clock must do.
    if exact > _FINEST_TIMESCALE or _COMMON_TIMESCALE % exact == 0:
        return _COMMON_TIMESCALE
    return exact * -(-_COARSEST_TIMESCALE // exact)


_COMMON_TIMESCALE = 90_000
_COARSEST_TIMESCALE = 10_000
_FINEST_TIMESCALE = 10_000_000


def plan_shards(
    media: MediaInfo, renditions: Sequence[Rendition], policy: PlanPolicy = DEFAULT_POLICY
) -> tuple[Shard, ...]:
    """Shards in the order they should start: the head's lowest rendition, the head's others, the body."""
    grid = Grid.of(media.video)
    keyframes = sorted({grid.position(pts) for pts in media.video.keyframe_pts})
    names = tuple(rendition.name for rendition in renditions)
    standing = _long_frames(grid, media)
    span_cuts, soon = _span_cuts(grid, keyframes, policy)
    spans = list(pairwise(move_off_long_frames(span_cuts, standing)))
    cuts = [_segment_cuts(grid, span, n == 0, policy) for n, span in enumerate(spans)]
    segments = _number(grid, [move_off_long_frames(some, standing) for some in cuts])
    works: list[tuple[int, tuple[str, ...]]] = [(n, names) for n in range(1, len(spans))]
    head = [names] if len(spans) == 1 or len(names) == 1 else [names[-1:], names[:-1]]
    works = [(0, some) for some in head] + works
    return tuple(
        Shard(
            index=index,
            runner=head_runner(media, grid.seconds(spans[span][1] - spans[span][0])) if span < soon else body_runner(),
            renditions=some,
            segments=segments[span],
            seek_seconds=_seek_seconds(media, grid, spans[span][0], policy),
            frame_count=_frame_count(media, grid, spans, span),
            # Not the head's first shard: it is being waited for.
            takes_pictures=span > 0 or index == len(head) - 1,
        )
        for index, (span, some) in enumerate(works)
    )


def _span_cuts(grid: Grid, keyframes: list[int], policy: PlanPolicy) -> tuple[list[int], int]:
    """Where head, bridge and body shards begin and the film ends; how many spans precede the body."""
    duration = grid.seconds(grid.total)
    if duration <= policy.undivided:
        return [0, grid.total], 1
    head = nearest(keyframes, grid.at(policy.head), within=grid.at(policy.head / 3))
    cuts = [0, max(1, min(head, grid.total - 1))]
    for seconds in policy.bridge:
        if grid.seconds(grid.total - cuts[-1]) < seconds + policy.body:
            break  # what is left is one shard's work
        cuts.append(nearest(keyframes, cuts[-1] + grid.at(seconds), within=grid.at(seconds / 5)))
    shard = min(policy.longest_shard, max(policy.shard, duration / policy.many_shards))
    return [*cuts[:-1], *split_into_shards(grid, cuts[-1], keyframes, shard_seconds=shard)], len(cuts) - 1


def _segment_cuts(grid: Grid, span: tuple[int, int], is_head: bool, policy: PlanPolicy) -> list[int]:
    start, end = span
    if not is_head:
        return split_into_segments(grid, start, end, target_seconds=policy.segment)
    short_until = min(end, max(1, grid.at(policy.head * 4 / 3)))
    # What is left behind the short segments of an undivided film must be worth a segment.
    if end - short_until < grid.at(policy.head_segment):
        short_until = end
    parts = round(grid.seconds(short_until) / policy.head_segment)
    longest = max(1, math.floor(Fraction(policy.segment) * grid.per_second))
    cuts = split_evenly(start, short_until, max(parts, -(-(short_until - start) // longest)))
    if short_until == end:
        return cuts
    return [*cuts[:-1], *split_into_segments(grid, short_until, end, target_seconds=policy.segment)]


def _long_frames(grid: Grid, media: MediaInfo) -> list[tuple[int, int]]:
    # At a constant rate every position is a frame, so no cut can fall beside one.
    if grid.counts_frames:
        return []
    return [(a - grid.start_pts, b - grid.start_pts) for a, b in media.video.long_frames]


def _number(grid: Grid, cuts_of_spans: list[list[int]]) -> list[tuple[Segment, ...]]:
    """The segments of every span, numbered over the film."""
    numbered: list[tuple[Segment, ...]] = []
    number = 0
    for cuts in cuts_of_spans:
        places = pairwise([grid.pts(cut) for cut in cuts])
        numbered.append(tuple(Segment(number=number + n, start_pts=a, end_pts=b) for n, (a, b) in enumerate(places)))
        number += len(cuts) - 1
    return numbered


def _seek_seconds(media: MediaInfo, grid: Grid, position: int, policy: PlanPolicy) -> float | None:
    """Source time (not counted from its start) of a place from which all of the shard can be decoded."""
    if position == 0:
        return None
    video = media.video
    if not video.keyframe_pts:
        blind = grid.pts(position) * video.time_base - Fraction(policy.blind_seek)
        return float(blind) if blind > video.start_pts * video.time_base else None
    # Frames shown after an open keyframe may need the pictures in front of it: one further back is safe.
    latest = grid.pts(position + 1) - 1 if grid.counts_frames else grid.pts(position)
    chosen = bisect_right(video.keyframe_pts, latest) - (1 if video.closed_gop else 2)
    return float(video.keyframe_pts[chosen] * video.time_base) if chosen >= 0 else None


def _frame_count(media: MediaInfo, grid: Grid, spans: list[tuple[int, int]], span: int) -> int | None:
    if media.video.frame_count is None:
        return None
    if len(spans) == 1:
        return media.video.frame_count
    start, end = spans[span]
    return end - start if grid.counts_frames else None


def _origin(media: MediaInfo, audio: Sequence[AudioTrack]) -> Fraction:
    """The earliest start, in source seconds, of all that is encoded."""
    used = {track.stream_index for track in audio}
    starts = [a.start_pts * a.time_base for a in media.audio if a.stream_index in used]
    return min([media.video.start_pts * media.video.time_base, *starts])
