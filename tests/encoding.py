"""Support for tests of the encoder: plans made from a look at every frame, and what was encoded joined and decoded."""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
from marquee.domain import keys
from marquee.domain.media import (
    AudioTrack,
    EncodeOrder,
    EncodeResult,
    MediaInfo,
    OrderKind,
    Plan,
    Rendition,
    Segment,
    Shard,
    Storyboard,
)
from marquee.domain.progress_board import BoardTask
from marquee.media.commands import Tool
from marquee.media.planner import choose_timescale
from marquee.media.probe import probe
from marquee.services.encode_order import OrderEncoder

from tests.fakes_media import MemoryObjects
from tests.films import frame_number

BUCKET = "media"
JOB = "job-1"
PREFIX = "media/asset-1/1/"


class LocalObjects(MemoryObjects):
    """Objects in memory; the source is a file, and its presigned address is `address` or the file's path."""

    def __init__(self, source: Path, address: str | None = None) -> None:
        super().__init__()
        self.source = source
        self.address = address
        self.downloads = 0

    def presign_get(self, bucket: str, key: str, *, expires_seconds: int, version_id: str | None = None) -> str:
        return self.address or str(self.source)

    def download_to(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> None:
        self.downloads += 1
        path.write_bytes(self.source.read_bytes())


@dataclass
class Board:
    """Remembers what was reported."""

    reports: list[tuple[str, int, float]] = field(default_factory=list)

    def report(self, job_id: str, task: BoardTask, part: int, fraction: float) -> None:
        self.reports.append((task, part, fraction))


@functools.cache
def frame_pts(path: Path) -> tuple[int, ...]:
    """Pts of every frame of the film's picture, as a decoder shows them."""
    with av.open(str(path)) as container:
        return tuple(frame.pts for frame in container.decode(video=0) if frame.pts is not None)


@functools.cache
def info_of(path: Path) -> MediaInfo:
    return probe(str(path), size_bytes=path.stat().st_size)


def rungs_of(info: MediaInfo, *short_sides: int) -> tuple[Rendition, ...]:
    """Small rungs in the film's own shape."""
    width, height = info.video.display_size
    short = min(width, height)
    return tuple(
        Rendition(
            name=f"v{side}",
            width=round(width * side / short / 2) * 2,
            height=round(height * side / short / 2) * 2,
            crf=28,
            max_rate=2_000_000,
            buffer_size=4_000_000,
        )
        for side in short_sides
    )


def plan_of(
    path: Path,
    *,
    segment_seconds: float = 1.0,
    shard_segments: int = 2,
    sides: Sequence[int] = (144, 96),
    interval_seconds: float = 1.0,
) -> Plan:
    """A plan with many small shards; boundaries lie on frames, whether those are keyframes or not."""
    info, pts = info_of(path), frame_pts(path)
    step = Fraction(segment_seconds) / info.video.time_base
    starts: list[int] = []
    for value in pts:
        if not starts or value >= starts[0] + step * len(starts):
            starts.append(value)
    ends = [*starts[1:], max(info.video.end_pts, pts[-1] + 1)]
    segments = [Segment(number=n, start_pts=a, end_pts=b) for n, (a, b) in enumerate(zip(starts, ends, strict=True))]
    rungs = rungs_of(info, *sides)
    groups = [tuple(segments[at : at + shard_segments]) for at in range(0, len(segments), shard_segments)]
    shards = tuple(_shard(index, group, info, pts, rungs) for index, group in enumerate(groups))
    begins = [info.video.start_pts * info.video.time_base, *(a.start_pts * a.time_base for a in info.audio)]
    origin = min(begins)
    length = info.video.end_pts * info.video.time_base - origin
    board = Storyboard(
        interval_seconds=interval_seconds,
        tile_count=max(1, -(-length // Fraction(interval_seconds))),
        tile_width=160,
        tile_height=90,
        columns=5,
        rows=5,
    )
    return Plan(
        job_id=JOB,
        asset_id="asset-1",
        version=1,
        source_bucket="uploads",
        source_key="uploads/u/source",
        media=info,
        timescale=choose_timescale(info),
        origin_seconds=origin,
        segment_seconds=segment_seconds,
        renditions=rungs,
        shards=shards,
        audio=tuple(_audio(index, info) for index in range(len(info.audio))),
        storyboard=board,
    )


def _shard(
    index: int, segments: tuple[Segment, ...], info: MediaInfo, pts: Sequence[int], rungs: Sequence[Rendition]
) -> Shard:
    start, end = segments[0].start_pts, segments[-1].end_pts
    keyframes = [value for value in info.video.keyframe_pts if value <= start]
    return Shard(
        index=index,
        runner="lambda",
        renditions=tuple(rung.name for rung in rungs),
        segments=segments,
        seek_seconds=float(keyframes[-1] * info.video.time_base) if index and keyframes else None,
        frame_count=sum(start <= value < end for value in pts) if info.video.frame_count is not None else None,
        takes_pictures=True,
    )


def _audio(index: int, info: MediaInfo) -> AudioTrack:
    source = info.audio[index]
    return AudioTrack(
        index=index,
        name=f"a{index}",
        runner="lambda",
        stream_index=source.stream_index,
        channels=source.channels,
        sample_rate=source.sample_rate,
        bit_rate=64_000 * max(1, source.channels // 2),
        language="und",
        label="",
        default=index == 0,
    )


def tool() -> Tool:
    return Tool(imageio_ffmpeg.get_ffmpeg_exe())


@dataclass
class Encoding:
    """A film encoded whole: its plan, reports and objects."""

    plan: Plan
    store: LocalObjects
    video: list[EncodeResult]
    audio: list[EncodeResult]

    def joined(self, track: str) -> bytes:
        """Init and all segments of one track, as a player strings them together."""
        rows = [row for result in (*self.video, *self.audio) for row in result.tracks if row.name == track]
        uris = [segment.uri for row in rows for segment in sorted(row.segments, key=lambda s: s.number)]
        return b"".join(self.object(f"{track}/{uri}") for uri in (keys.INIT_SEGMENT, *uris))

    def object(self, name: str) -> bytes:
        stored = self.store.get(BUCKET, PREFIX + name)
        assert stored is not None, name
        return stored.body


def encoder(store: LocalObjects, board: Board | None = None, *, scratch: Path | None = None) -> OrderEncoder:
    return OrderEncoder(store, board or Board(), tool(), "test", scratch)


def put_plan(store: LocalObjects, plan: Plan) -> None:
    store.put(BUCKET, keys.plan_key(JOB), plan.model_dump_json().encode(), content_type="application/json")


def order(kind: OrderKind, index: int) -> EncodeOrder:
    return EncodeOrder(job_id=JOB, media_bucket=BUCKET, kind=kind, index=index)


def encode_film(path: Path, plan: Plan, address: str | None = None) -> Encoding:
    """Do every order of the plan, one after another."""
    store = LocalObjects(path, address)
    put_plan(store, plan)
    worker = encoder(store)
    video = [worker.encode_order(order("video", index)) for index in range(len(plan.shards))]
    audio = [worker.encode_order(order("audio", index)) for index in range(len(plan.audio))]
    return Encoding(plan, store, video, audio)


@dataclass(frozen=True)
class Picture:
    """A decoded frame: seconds on the film's timeline and the number that its bar code spells."""

    seconds: float
    number: int


def pictures_in(path: Path) -> list[Picture]:
    """Every frame that a decoder shows."""
    with av.open(str(path)) as container:
        return [
            Picture(float(frame.pts * frame.time_base), frame_number(frame))
            for frame in container.decode(video=0)
            if frame.pts is not None and frame.time_base is not None
        ]


@dataclass(frozen=True)
class Sound:
    """Decoded sound: where it starts, in seconds, and how many samples it has."""

    seconds: float
    samples: int


def sound_in(path: Path, stream_index: int = 0) -> Sound:
    with av.open(str(path)) as container:
        frames = [
            (float(frame.pts * frame.time_base), frame.samples)
            for frame in container.decode(container.streams[stream_index])
            if isinstance(frame, av.AudioFrame) and frame.pts is not None and frame.time_base is not None
        ]
    return Sound(frames[0][0], sum(samples for _, samples in frames))


def words_of_ffmpeg(path: Path) -> str:
    """What ffmpeg, at its strictest, says of a file: nothing when all is well."""
    command = [tool().ffmpeg, "-nostdin", "-v", "warning", "-xerror", "-i", str(path)]
    # Times as they are: the null muxer's own guess of a constant rate would find fault with variable ones.
    command += ["-fps_mode", "passthrough", "-enc_time_base", "demux", "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stderr + (f"exit code {done.returncode}" if done.returncode else "")
