"""Decide the whole work of a job: renditions, shards, audio tracks; hand out pointers to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import PermanentError
from marquee.domain.events import Events
from marquee.domain.jobs import Job, PartWeights, Problem
from marquee.domain.media import MapItem, MediaInfo, Plan, Shard
from marquee.domain.pipeline import AudioItem, Execution, Planned
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore, JobStore
from marquee.services.mark_jobs import JobMarker
from marquee.services.running_job import running_job

JSON_TYPE = "application/json"


NO_SOUND = Problem(code="no_sound", message="The film has no sound to listen to.")
NOT_WANTED = Problem(code="not_wanted", message="Whoever uploaded the film did not want it.")
SWITCHED_OFF = Problem(code="switched_off", message="Nothing here makes it.")


@dataclass(frozen=True)
class Enrichers:
    """What this environment can make besides the film itself."""

    captions: bool = False
    analysis: bool = False


@dataclass(frozen=True)
class PlanJob:
    """Second step. A plan is made once a job: what earlier attempts encoded is named after it."""

    jobs: JobStore
    assets: AssetStore
    objects: ObjectStore
    build_plan: Callable[[MediaInfo, Execution], Plan]
    events: Events
    enrichers: Enrichers = Enrichers()
    clock: Clock = utc_now

    def __call__(self, execution: Execution) -> Planned:
        job = running_job(self.jobs, execution)
        self.jobs.start_task(job.id, "plan", self.clock())
        plan = self._earlier(execution) or self._make(execution)
        items = [MapItem(index=shard.index, runner=shard.runner) for shard in plan.shards]
        self._put(execution, keys.map_items_key(job.id), json.dumps([item.model_dump() for item in items]))
        self._describe(plan)
        self._open_tasks(plan)
        wanted = self._open_enrichers(job, plan)
        return Planned(
            bucket=execution.media_bucket,
            plan_key=keys.plan_key(job.id),
            items_key=keys.map_items_key(job.id),
            audio=tuple(AudioItem(index=track.index, runner=track.runner) for track in plan.audio),
            captions=wanted.captions,
            analysis=wanted.analysis,
            subtitles=bool(plan.media.subtitles) or plan.media.closed_captions,
        )

    def _earlier(self, execution: Execution) -> Plan | None:
        stored = self.objects.get(execution.media_bucket, keys.plan_key(execution.job_id))
        return None if stored is None else Plan.model_validate_json(stored.body)

    def _make(self, execution: Execution) -> Plan:
        stored = self.objects.get(execution.media_bucket, keys.media_info_key(execution.job_id))
        if stored is None:
            raise PermanentError("What the probe found is gone.", code="output_missing")
        plan = self.build_plan(MediaInfo.model_validate_json(stored.body), execution)
        self._put(execution, keys.plan_key(execution.job_id), plan.model_dump_json())
        return plan

    def _describe(self, plan: Plan) -> None:
        best = plan.renditions[0]
        self.assets.describe(
            plan.asset_id,
            duration_seconds=plan.media.duration_seconds,
            width=best.width,
            height=best.height,
            now=self.clock(),
        )

    def _open_tasks(self, plan: Plan) -> None:
        now = self.clock()
        self.jobs.set_weights(plan.job_id, weights_of(plan), now)
        self.jobs.finish_task(plan.job_id, "plan", now)
        self.jobs.start_task(plan.job_id, "video", now)
        if plan.audio:
            self.jobs.start_task(plan.job_id, "audio", now)
        else:
            self.jobs.skip_task(plan.job_id, "audio", now)
        sources, kept = len(plan.media.audio), len(plan.audio)
        if kept < sources:
            sentence = f"The film has {sources} audio tracks; only the first {kept} can be heard."
            self.jobs.add_warning(plan.job_id, Problem(code="audio_tracks_left_out", message=sentence), now)

    def _open_enrichers(self, job: Job, plan: Plan) -> Enrichers:
        """Which are to run; of the others their task says why not. Captions begin at once, analysis when all is in."""
        marks = JobMarker(self.jobs, self.assets, self.events, self.clock)
        captions = _refusal(self.enrichers.captions, job.choices.captions) or (None if plan.audio else NO_SOUND)
        analysis = _refusal(self.enrichers.analysis, job.choices.analysis)
        if captions is None:
            marks.start_task(job.id, "captions")
        else:
            marks.skip_task(job.id, "captions", captions)
        if analysis is not None:
            marks.skip_task(job.id, "analysis", analysis)
        return Enrichers(captions=captions is None, analysis=analysis is None)

    def _put(self, execution: Execution, key: str, text: str) -> None:
        self.objects.put(execution.media_bucket, key, text.encode(), content_type=JSON_TYPE)


def _refusal(offered: bool, wanted: bool | None) -> Problem | None:
    if not offered:
        return SWITCHED_OFF
    return NOT_WANTED if wanted is False else None


def weights_of(plan: Plan) -> PartWeights:
    """Shards by the pixels they encode; audio tracks, which all run over the whole programme, alike."""
    pixels = {rendition.name: rendition.width * rendition.height for rendition in plan.renditions}

    def worth(shard: Shard) -> float:
        ticks = shard.segments[-1].end_pts - shard.segments[0].start_pts
        return float(ticks * plan.media.video.time_base) * sum(pixels[name] for name in shard.renditions)

    by_index = {shard.index: worth(shard) for shard in plan.shards}
    return PartWeights(
        video=tuple(by_index.get(index, 0.0) for index in range(max(by_index) + 1)),
        audio=(1.0,) * (max((track.index for track in plan.audio), default=-1) + 1),
    )
