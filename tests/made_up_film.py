"""Made-up films: plans and workers' reports that no encoder ever saw, the same each time they are made."""

from __future__ import annotations

import hashlib
import random
from fractions import Fraction

from marquee.domain import keys
from marquee.domain.media import (
    AudioInfo,
    AudioTrack,
    EncodedSegment,
    EncodedTrack,
    EncodeResult,
    MediaInfo,
    Plan,
    Rendition,
    Segment,
    Shard,
    Storyboard,
    VideoInfo,
)

from tests.fakes_media import BUCKET, JOB, PREFIX, MemoryObjects

RUNGS = (
    Rendition(name="v720", width=1280, height=720, crf=23, max_rate=3_000_000, buffer_size=6_000_000),
    Rendition(name="v360", width=640, height=360, crf=23, max_rate=800_000, buffer_size=1_600_000),
)


def made_up_plan(*, segments: int = 6, audio: int = 1, seconds: int = 6, rate: int = 25) -> Plan:
    """A film of `segments` segments at `rate` frames a second. Shard 0 is the head's low rung, shard 1 the
    head's other rung, then one shard of both rungs for every two segments."""
    ticks = rate * 512
    numbers = [
        Segment(number=n, start_pts=n * seconds * ticks, end_pts=(n + 1) * seconds * ticks) for n in range(segments)
    ]
    shards = [_shard(0, ("v360",), numbers[:2]), _shard(1, ("v720",), numbers[:2])]
    for first in range(2, segments, 2):
        shards.append(_shard(len(shards), ("v720", "v360"), numbers[first : first + 2]))
    return Plan(
        job_id=JOB,
        asset_id="asset-1",
        version=1,
        source_bucket="uploads",
        source_key="uploads/u/source",
        media=MediaInfo(
            container="mov,mp4,m4a,3gp,3g2,mj2",
            size_bytes=1,
            duration_seconds=segments * seconds,
            video=VideoInfo(
                stream_index=0,
                codec="h264",
                pixel_format="yuv420p",
                coded_width=1280,
                coded_height=720,
                time_base=Fraction(1, ticks),
                start_pts=0,
                end_pts=segments * seconds * ticks,
                frame_rate=Fraction(rate),
                constant_frame_rate=True,
                frame_count=segments * seconds * rate,
            ),
            audio=tuple(_audio_info(n, segments * seconds) for n in range(audio)),
        ),
        timescale=ticks,
        origin_seconds=Fraction(0),
        segment_seconds=seconds,
        renditions=RUNGS,
        shards=tuple(shards),
        audio=tuple(_audio_track(n) for n in range(audio)),
        storyboard=Storyboard(interval_seconds=5.0, tile_count=7, tile_width=160, tile_height=90, columns=2, rows=2),
    )


def _shard(index: int, renditions: tuple[str, ...], segments: list[Segment]) -> Shard:
    return Shard(
        index=index,
        runner="lambda" if index < 2 else "fargate",
        renditions=renditions,
        segments=tuple(segments),
        seek_seconds=None,
        frame_count=None,
        takes_pictures=index != 1,
    )


def _audio_info(number: int, seconds: int) -> AudioInfo:
    return AudioInfo(
        stream_index=1 + number,
        codec="aac",
        channels=2,
        sample_rate=48000,
        time_base=Fraction(1, 48000),
        start_pts=0,
        duration_seconds=float(seconds),
    )


def _audio_track(number: int) -> AudioTrack:
    return AudioTrack(
        index=number,
        name=f"a{number}",
        runner="lambda",
        stream_index=1 + number,
        channels=2,
        sample_rate=48000,
        bit_rate=128_000,
        language=("en", "de")[number % 2],
        label="English" if number % 2 == 0 else "Deutsch",
        default=number == 0,
    )


def video_result(plan: Plan, index: int) -> EncodeResult:
    """The report of a shard, the same each time it is made."""
    shard = plan.shards[index]
    return EncodeResult(
        kind="video", index=index, tracks=tuple(_video_track(plan, name, shard) for name in shard.renditions)
    )


def _video_track(plan: Plan, name: str, shard: Shard) -> EncodedTrack:
    rate = int(plan.media.video.frame_rate)
    segments = []
    for segment in shard.segments:
        frames = (segment.end_pts - segment.start_pts) // 512
        size = random.Random(f"{name}{segment.number}").randrange(plan.rendition(name).max_rate * frames // rate // 8)
        segments.append(
            EncodedSegment(
                number=segment.number,
                uri=keys.segment_name(segment.number),
                start=segment.start_pts,
                duration=segment.end_pts - segment.start_pts,
                samples=frames,
                size_bytes=size + 2000,
                iframe_bytes=1000,
            )
        )
    return EncodedTrack(
        name=name,
        codecs="avc1.64001F",
        timescale=plan.timescale,
        init_sha256=hashlib.sha256(name.encode()).hexdigest(),
        init_size_bytes=700,
        segments=tuple(segments),
    )


def audio_result(plan: Plan, index: int, segments: int | None = None) -> EncodeResult:
    """The report of an audio track; with `segments`, the report so far."""
    whole = -(-int(plan.media.duration_seconds * 48000) // 1024)
    each = int(plan.segment_seconds * 48000) // 1024
    starts = range(0, whole, each)
    encoded = tuple(
        EncodedSegment(
            number=number,
            uri=keys.segment_name(number),
            start=start * 1024,
            duration=min(each, whole - start) * 1024,
            samples=min(each, whole - start),
            size_bytes=min(each, whole - start) * 340,
        )
        for number, start in enumerate(starts)
    )
    track = EncodedTrack(
        name=plan.audio[index].name,
        codecs="mp4a.40.2",
        timescale=48000,
        init_sha256="0" * 64,
        init_size_bytes=600,
        segments=encoded[:segments],
    )
    return EncodeResult(kind="audio", index=index, tracks=(track,))


def store_plan(objects: MemoryObjects, plan: Plan) -> None:
    objects.put(BUCKET, keys.plan_key(JOB), plan.model_dump_json().encode(), content_type="application/json")


def store_result(objects: MemoryObjects, plan: Plan, result: EncodeResult, *, partial: bool = False) -> None:
    """What a worker leaves: segments and init of every track, then its report."""
    for track in result.tracks:
        sizes = {keys.INIT_SEGMENT: track.init_size_bytes} | {s.uri: s.size_bytes for s in track.segments}
        for uri, size in sizes.items():
            objects.put(BUCKET, f"{PREFIX}{track.name}/{uri}", bytes(size), content_type="video/mp4")
    name = keys.partial_result_key if partial else keys.result_key
    key = name(JOB, result.kind, result.index)
    objects.put(BUCKET, key, result.model_dump_json().encode(), content_type="application/json")
