"""Real films encoded by the real worker's code into a folder, for players and parsers."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
from marquee.domain import keys
from marquee.domain.media import EncodeOrder, OrderKind, Plan
from marquee.domain.progress_board import BoardTask
from marquee.media.commands import Tool
from marquee.media.planner import PlanPolicy, build_plan
from marquee.media.probe import probe
from marquee.services.encode_order import OrderEncoder
from marquee.services.package_asset import package_asset
from marquee.services.publish_segments import publish_segments

from tests.fakes_media import BUCKET, JOB, PREFIX, RecordedMarks
from tests.films import film
from tests.media_site import FolderObjects

# Four shards in ten seconds, as a longer film has them: the head twice, the body in two.
SMALL_SHARDS = PlanPolicy(segment=2.0, head=4.0, head_segment=2.0, undivided=5.0, bridge=(), shard=4.0)


class SilentBoard:
    """A `ProgressBoard` nobody looks at."""

    def report(self, job_id: str, task: BoardTask, part: int, fraction: float) -> None:
        """Nothing."""


@dataclass
class EncodedFilm:
    """A film of ten seconds, 25 frames a second: encoded, published and packaged on call."""

    objects: FolderObjects
    plan: Plan
    marks: RecordedMarks

    @classmethod
    def prepare(cls, folder: Path, *, sound: bool = True) -> EncodedFilm:
        """Put the source and its plan there."""
        objects = FolderObjects(folder)
        key = keys.source_key("u")
        source = objects.path("uploads", key)
        source.parent.mkdir(parents=True)
        shutil.copy(film("h264_25" if sound else "no_audio", seconds=10), source)
        media = probe(str(source), size_bytes=source.stat().st_size)
        plan = build_plan(JOB, "asset-1", 1, "uploads", key, media, policy=SMALL_SHARDS)
        body = plan.model_dump_json().encode()
        objects.put(BUCKET, keys.plan_key(JOB), body, content_type="application/json")
        return cls(objects, plan, RecordedMarks())

    def encode(self, kind: OrderKind, index: int) -> None:
        """What a worker does."""
        tool = Tool(imageio_ffmpeg.get_ffmpeg_exe())
        OrderEncoder(self.objects, SilentBoard(), tool).encode_order(self._order(kind, index))

    def finish(self, kind: OrderKind, index: int) -> bool:
        """Encode and publish one order; tells whether the film can be watched."""
        self.encode(kind, index)
        return publish_segments(self._order(kind, index), self.objects, self.marks).playable

    def finish_all(self) -> None:
        """Encode and publish everything, then package it."""
        for track in self.plan.audio:
            self.finish("audio", track.index)
        for shard in self.plan.shards:
            self.finish("video", shard.index)
        self.package()

    def package(self) -> None:
        """What the last step does."""
        package_asset(JOB, BUCKET, self.objects, self.marks)

    def path(self, name: str) -> Path:
        """A published file."""
        return self.objects.path(BUCKET, PREFIX + name)

    def _order(self, kind: OrderKind, index: int) -> EncodeOrder:
        return EncodeOrder(job_id=JOB, media_bucket=BUCKET, kind=kind, index=index)
