"""In-memory objects and marks for the tests of publishing, and made-up films to publish."""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from marquee.domain import keys
from marquee.domain.errors import Conflict, NotFound
from marquee.domain.jobs import TaskName
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
from marquee.domain.ports import ObjectHead, PreconditionFailed, StoredObject

BUCKET = "media"
JOB = "job-1"
PREFIX = "media/asset-1/1/"


class MemoryObjects:
    """An `ObjectStore` whose conditional writes are as strict as S3's; remembers every version it was given."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._objects: dict[tuple[str, str], StoredObject] = {}
        self.types: dict[str, tuple[str, str | None]] = {}
        self.history: dict[str, list[bytes]] = {}
        self.reads: list[str] = []

    def get(self, bucket: str, key: str) -> StoredObject | None:
        with self._lock:
            self.reads.append(key)
            return self._objects.get((bucket, key))

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        content_type: str,
        cache_control: str | None = None,
        if_match: str | None = None,
        if_none_match: bool = False,
    ) -> str:
        with self._lock:
            there = self._objects.get((bucket, key))
            if if_none_match and there is not None:
                raise PreconditionFailed(f"{key} is there already")
            if if_match is not None and (there is None or there.etag != if_match):
                raise PreconditionFailed(f"{key} is another by now")
            etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
            self._objects[bucket, key] = StoredObject(body, etag)
            self.types[key] = (content_type, cache_control)
            self.history.setdefault(key, []).append(body)
            return etag

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        found = self._objects.get((bucket, key))
        return None if found is None else ObjectHead(key, len(found.body), found.etag)

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectHead]:
        for (where, key), found in sorted(self._objects.items()):
            if where == bucket and key.startswith(prefix):
                yield ObjectHead(key, len(found.body), found.etag)

    def delete(self, bucket: str, key: str) -> None:
        self._objects.pop((bucket, key), None)

    def delete_prefix(self, bucket: str, prefix: str) -> int:
        found = [head.key for head in self.list(bucket, prefix)]
        for key in found:
            self.delete(bucket, key)
        return len(found)

    def presign_get(self, bucket: str, key: str, *, expires_seconds: int, version_id: str | None = None) -> str:
        return f"memory://{bucket}/{key}"

    def upload_file(
        self, bucket: str, key: str, path: Path, *, content_type: str, cache_control: str | None = None
    ) -> None:
        self.put(bucket, key, path.read_bytes(), content_type=content_type, cache_control=cache_control)

    def download_to(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> None:
        found = self.get(bucket, key)
        if found is None:
            raise NotFound(f"there is no {key}")
        path.write_bytes(found.body)

    def text(self, name: str) -> str:
        """A published object as text."""
        return self._objects[BUCKET, PREFIX + name].body.decode()

    def json(self, key: str) -> object:
        return json.loads(self._objects[BUCKET, key].body)

    def published(self) -> set[str]:
        """Names of published playlists and manifests."""
        return {
            key.removeprefix(PREFIX)
            for _, key in self._objects
            if key.startswith(PREFIX) and key.endswith((".m3u8", ".mpd"))
        }


class RecordedMarks:
    """`JobMarks` that remembers what was said."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.finished: list[str] = []
        self.playable: list[str] = []
        self.running = True

    def start_task(self, job_id: str, task: TaskName) -> None:
        if not self.running:
            raise Conflict("the job does not run any more", code="superseded")
        self.started.append(task)

    def finish_task(self, job_id: str, task: TaskName) -> None:
        self.finished.append(task)

    def mark_playable(self, job_id: str) -> None:
        self.playable.append(job_id)


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
