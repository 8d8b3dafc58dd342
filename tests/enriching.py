"""Films that were listened to and looked at, for tests of what becomes of them."""

from __future__ import annotations

from marquee.domain import keys
from marquee.domain.analysis import Analysis, Chapter, Moderation, ModerationReason, ModerationState
from marquee.domain.clock import utc_now
from marquee.domain.jobs import Job

from tests.platform import MEDIA, Platform

CHAPTER = Chapter(source="ffmpeg.scdet", confidence=1.0, start_seconds=0.0, end_seconds=10.0)


def analysis(state: ModerationState = "clear") -> Analysis:
    """Of a film of ten seconds, with a verdict."""
    reasons = (ModerationReason(source="rekognition", confidence=0.9, name="Violence"),) if state == "flagged" else ()
    verdict = Moderation(source="rekognition", confidence=0.9, state=state, reasons=reasons)
    return Analysis(provider="local", duration_seconds=10.0, chapters=(CHAPTER,), moderation=verdict)


def encoded(platform: Platform, verdict: ModerationState | None = "clear") -> Job:
    """A running job that is packaged, and whose analysis lies there; without a verdict it left nothing."""
    job = platform.running()
    platform.packaged(job)
    job = platform.jobs.kept[job.id]
    pending = {name: job.tasks[name].model_copy(update={"status": "running"}) for name in ("captions", "analysis")}
    platform.jobs.kept[job.id] = job.model_copy(update={"tasks": {**job.tasks, **pending}})
    if verdict is not None:
        body = analysis(verdict).model_dump_json().encode()
        platform.objects.put(MEDIA, keys.analysis_work_key(job.id), body, content_type="application/json")
    return platform.jobs.kept[job.id]


def heard(platform: Platform, job: Job) -> None:
    """Its captions are made."""
    platform.jobs.finish_task(job.id, "captions", utc_now())
