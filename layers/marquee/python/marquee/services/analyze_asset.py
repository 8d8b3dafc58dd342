"""Look at and listen to a published film, and store what was found for `finish`."""

from __future__ import annotations

import logging
import resource
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from marquee.analysis.local_analyst import LocalAnalyst
from marquee.analysis.look import Size
from marquee.analysis.material import Material
from marquee.domain import keys
from marquee.domain.analysis import Analysis
from marquee.domain.deadline import Deadline
from marquee.domain.enrichment import EnrichOrder
from marquee.domain.errors import NotFound
from marquee.domain.media import Plan
from marquee.domain.ports import ObjectStore, ProgressBoard
from marquee.domain.speech import Transcript
from marquee.services.enrich_tools import EnrichTools
from marquee.services.results import read_plan
from marquee.services.whole_film import AT_ONCE, at_once

PROGRESS_STEP, LOOKING_SHARE = 0.1, 0.8
# The worker has ten minutes; a service that is asked at the end needs a part of the last one.
LONGEST_SECONDS = 530.0

logger = logging.getLogger("marquee.analysis")


def analyze_asset(order: EnrichOrder, tools: EnrichTools) -> Analysis:
    """Store the analysis of the job's asset version (`keys.analysis_work_key`) and return it.

    Raises the tree of `domain.errors`: `NotFound` when the film is not published or its plan is gone.
    """
    before, deadline = _cpu_seconds(), Deadline(LONGEST_SECONDS)
    plan = read_plan(tools.objects, order.media_bucket, order.job_id)
    analyst = tools.analyst() if tools.analyst else LocalAnalyst(tools.tool.ffmpeg)
    with tempfile.TemporaryDirectory(dir=tools.scratch, prefix="analyze-") as folder:
        material = _Published(tools.objects, order.media_bucket, plan).material(Path(folder))
        told = _progress(tools.board, order.job_id)
        analysis = analyst.analyze(replace(material, on_fraction=told, deadline=deadline))
    analysis = analysis.model_copy(update={"cpu_seconds": round(_cpu_seconds() - before, 3)})
    tools.objects.put(
        order.media_bucket,
        keys.analysis_work_key(order.job_id),
        analysis.model_dump_json().encode(),
        content_type="application/json",
    )
    return analysis


def _progress(board: ProgressBoard, job_id: str) -> Callable[[float], None]:
    """Tells the board at every tenth of the way; reading and asking come after the looking."""
    told = 0.0

    def tell(fraction: float) -> None:
        nonlocal told
        if fraction - told >= PROGRESS_STEP:
            told = fraction
            board.report(job_id, "analysis", 0, fraction * LOOKING_SHARE)

    return tell


class _Published:
    """The published files of a job's asset version."""

    def __init__(self, objects: ObjectStore, bucket: str, plan: Plan) -> None:
        self._objects = objects
        self._bucket = bucket
        self._plan = plan
        self._prefix = keys.media_prefix(plan.asset_id, plan.version)

    def material(self, folder: Path) -> Material:
        """Copies in `folder` of what is to be looked at and listened to."""
        plan = self._plan
        smallest = min(plan.renditions, key=lambda rendition: rendition.width * rendition.height)
        heard = min(plan.audio, key=lambda track: (not track.default, track.index), default=None)
        video = plan.media.video
        return Material(
            pictures=self._copy(smallest.name, folder),
            size=Size(smallest.width, smallest.height),
            sound=None if heard is None else self._copy(heard.name, folder),
            duration_seconds=float(video.end_pts * video.time_base - plan.origin_seconds),
            transcript=self._transcript(),
        )

    def _copy(self, track: str, folder: Path) -> Path:
        """One file of a track's segments, as its final playlist names them."""
        prefix = f"{self._prefix}{track}/"
        names = [keys.INIT_SEGMENT, *segments_of(self._read(prefix + keys.MEDIA_PLAYLIST).decode())]
        target = folder / f"{track}.mp4"
        with target.open("wb") as file:
            for first in range(0, len(names), AT_ONCE):
                for part in at_once(lambda name: self._read(prefix + name), names[first : first + AT_ONCE]):
                    file.write(part)
        return target

    def _read(self, key: str) -> bytes:
        stored = self._objects.get(self._bucket, key)
        if stored is None:
            raise NotFound(f"{key} is not published", code="not_published")
        return stored.body

    def _transcript(self) -> Transcript | None:
        stored = self._objects.get(self._bucket, keys.transcript_key(self._plan.asset_id, self._plan.version))
        if stored is None:
            return None
        try:
            return Transcript.model_validate_json(stored.body)
        except ValidationError:
            logger.warning("the transcript cannot be read; the film is analyzed without it")
            return None


def segments_of(playlist: str) -> Sequence[str]:
    """The segments' names in a media playlist, in order."""
    return [line for line in playlist.splitlines() if line and not line.startswith("#")]


def _cpu_seconds() -> float:
    """Of this process and all its children that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
