"""Real films encoded by the real worker's code into a folder, for players and parsers."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
from marquee.domain import keys
from marquee.domain.media import EncodeOrder, OrderKind, Plan, Rendition
from marquee.media.commands import Tool
from marquee.services.encode_order import OrderEncoder
from marquee.services.package_asset import package_asset
from marquee.services.publish_segments import publish_segments

from tests.fakes_media import BUCKET, JOB, PREFIX, RecordedMarks, made_up_plan
from tests.films import film
from tests.media_site import FolderObjects

RUNGS = (
    Rendition(name="v480", width=854, height=480, crf=23, max_rate=1_500_000, buffer_size=3_000_000),
    Rendition(name="v360", width=640, height=360, crf=25, max_rate=800_000, buffer_size=1_600_000),
)


class SilentBoard:
    """A `ProgressBoard` nobody looks at."""

    def report(self, job_id: str, task: OrderKind, part: int, fraction: float) -> None:
        """Nothing."""


@dataclass
class EncodedFilm:
    """A film of ten seconds, 25 frames a second, in five segments: encoded, published and packaged on call."""

    objects: FolderObjects
    plan: Plan
    marks: RecordedMarks

    @classmethod
    def prepare(cls, folder: Path, *, sound: bool = True) -> EncodedFilm:
        """Put the source and its plan there."""
        plan = made_up_plan(segments=5, seconds=2, audio=int(sound))
        shards = [
            shard.model_copy(update={"renditions": tuple({"v720": "v480"}.get(n, n) for n in shard.renditions)})
            for shard in plan.shards
        ]
        shards = [s.model_copy(update={"seek_seconds": _seek(s.segments[0].number)}) for s in shards]
        video = plan.media.video.model_copy(update={"coded_width": 854, "coded_height": 480})
        media = plan.media.model_copy(update={"video": video})
        board = plan.storyboard.model_copy(update={"interval_seconds": 1.0, "tile_count": 10})
        plan = plan.model_copy(
            update={"renditions": RUNGS, "shards": tuple(shards), "media": media, "storyboard": board}
        )
        objects = FolderObjects(folder)
        source = objects.path(plan.source_bucket, plan.source_key)
        source.parent.mkdir(parents=True)
        shutil.copy(film("h264_25" if sound else "no_audio", seconds=10), source)
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


def _seek(first_segment: int) -> float | None:
    return first_segment * 2.0 if first_segment else None
