"""Made-up plans for tests of the encoder's pure parts: no film behind them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from marquee.domain.media import (
    AudioInfo,
    AudioTrack,
    MediaInfo,
    Plan,
    Rendition,
    Segment,
    Shard,
    Storyboard,
    VideoInfo,
)

RUNGS = (
    Rendition(name="v720", width=1280, height=720, crf=23, max_rate=2_800_000, buffer_size=5_600_000),
    Rendition(name="v360", width=640, height=360, crf=23, max_rate=800_000, buffer_size=1_600_000),
)
BOARD = Storyboard(interval_seconds=2.0, tile_count=6, tile_width=240, tile_height=136, columns=6, rows=1)


def plan_with(
    *,
    segments: Sequence[tuple[int, int, int]] = ((0, 0, 150), (1, 150, 300)),
    time_base: Fraction = Fraction(1, 25),
    frame_count: int | None = -1,
    constant: bool = True,
    origin: Fraction = Fraction(0),
    container: str = "mov",
    seek_seconds: float | None = None,
    takes_pictures: bool = False,
    renditions: tuple[str, ...] = ("v720", "v360"),
    **video: Any,
) -> Plan:
    """One shard of 25 frames a second; `segments` as (number, start pts, end pts); `video` changes the source."""
    planned = tuple(Segment(number=n, start_pts=a, end_pts=b) for n, a, b in segments)
    start, end = planned[0].start_pts, planned[-1].end_pts
    source = VideoInfo(
        **{
            "stream_index": 0,
            "codec": "h264",
            "pixel_format": "yuv420p",
            "coded_width": 1280,
            "coded_height": 720,
            "time_base": time_base,
            "start_pts": 0,
            "end_pts": end,
            "frame_rate": Fraction(25),
            "constant_frame_rate": constant,
            "frame_count": None,
            **video,
        }
    )
    sound = AudioInfo(
        stream_index=1, codec="aac", channels=2, sample_rate=48_000, time_base=Fraction(1, 48_000), start_pts=0
    )
    track = AudioTrack(
        index=0,
        name="a0",
        runner="fargate",
        stream_index=1,
        channels=2,
        sample_rate=48_000,
        bit_rate=128_000,
        language="en",
        label="English",
        default=True,
    )
    shard = Shard(
        index=0,
        runner="fargate",
        renditions=renditions,
        segments=planned,
        seek_seconds=seek_seconds,
        frame_count=end - start if frame_count == -1 else frame_count,
        takes_pictures=takes_pictures,
    )
    return Plan(
        job_id="job-1",
        asset_id="asset-1",
        version=1,
        source_bucket="uploads",
        source_key="uploads/u/source",
        media=MediaInfo(
            container=container,
            size_bytes=1000,
            duration_seconds=float((end - start) * time_base),
            video=source,
            audio=(sound,),
        ),
        timescale=90_000,
        origin_seconds=origin,
        segment_seconds=6.0,
        renditions=RUNGS,
        shards=(shard,),
        audio=(track,),
        storyboard=BOARD,
    )
