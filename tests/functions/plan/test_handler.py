"""`plan` through its real entry, over stores in memory."""

import json

import pytest
from marquee.domain import keys
from marquee.domain.enrichment import ENRICH_TASKS
from marquee.domain.jobs import Job
from marquee.domain.media import MediaInfo, Plan
from marquee.domain.message_facts import enrichment_facts
from marquee.domain.pipeline import Execution
from marquee.services.plan_job import Enrichers, PlanJob, weights_of
from plan.handler import lambda_handler
from plan.wiring import wiring

from tests.made_up_film import made_up_plan
from tests.platform import CONTEXT, MEDIA, Platform

NONE = Enrichers()


class Planner:
    """A planner that remembers how often it was asked."""

    def __init__(self, *, audio: int, planned: int | None = None) -> None:
        self.asked = 0
        self._audio = audio
        self._planned = planned

    def __call__(self, media: MediaInfo, execution: Execution) -> Plan:
        self.asked += 1
        plan = made_up_plan(segments=6, audio=self._audio)
        taken = plan.audio[: self._planned]
        return plan.model_copy(update={"job_id": execution.job_id, "asset_id": execution.asset_id, "audio": taken})


def probed(platform: Platform) -> Job:
    job = platform.running()
    info = made_up_plan().media.model_dump_json().encode()
    platform.objects.put(MEDIA, keys.media_info_key(job.id), info, content_type="application/json")
    return job


def run(platform: Platform, job: Job, planner: Planner, enrichers: Enrichers = NONE) -> object:
    use_case = PlanJob(platform.jobs, platform.assets, platform.objects, planner, platform.events, enrichers)
    with platform.within(wiring, plan_job=use_case):
        return lambda_handler(job.execution().model_dump(), CONTEXT)


def test_the_plan_is_stored_and_pointed_at(platform: Platform) -> None:
    job = probed(platform)
    answer = run(platform, job, Planner(audio=1))

    assert answer == {
        "bucket": MEDIA,
        "plan_key": keys.plan_key(job.id),
        "items_key": keys.map_items_key(job.id),
        "audio": [{"index": 0, "runner": made_up_plan().audio[0].runner}],
        "captions": False,
        "analysis": False,
        "subtitles": False,
    }
    items = platform.objects.get(MEDIA, keys.map_items_key(job.id))
    assert items is not None
    assert [item["index"] for item in json.loads(items.body)] == [0, 1, 2, 3]
    assert platform.objects.get(MEDIA, keys.plan_key(job.id)) is not None


@pytest.mark.parametrize(("audio", "status"), [(0, "skipped"), (1, "running")])
def test_tasks_that_follow_are_opened(platform: Platform, audio: int, status: str) -> None:
    job = probed(platform)
    run(platform, job, Planner(audio=audio))

    tasks = platform.jobs.kept[job.id].tasks
    assert (tasks["plan"].status, tasks["video"].status, tasks["audio"].status) == ("completed", "running", status)
    assert platform.assets.kept[job.asset_id].width == 1280


def test_sound_that_is_left_out_is_a_warning(platform: Platform) -> None:
    job, planner = probed(platform), Planner(audio=3, planned=2)
    for _ in range(2):
        run(platform, job, planner)

    (warning,) = platform.jobs.kept[job.id].warnings
    assert warning.model_dump() == {
        "code": "audio_tracks_left_out",
        "message": "The film has 3 audio tracks; only the first 2 can be heard.",
    }


def test_a_plan_is_made_once_a_job(platform: Platform) -> None:
    job, planner = probed(platform), Planner(audio=1)
    answers = [run(platform, job, planner) for _ in range(2)]

    assert answers[0] == answers[1]
    assert planner.asked == 1


@pytest.mark.parametrize("audio", [0, 1])
def test_what_the_job_says_of_its_enrichers_is_said_at_once(platform: Platform, audio: int) -> None:
    job = probed(platform)
    platform.events.said.clear()
    run(platform, job, Planner(audio=audio), Enrichers(captions=True))

    known = {event.id for event in platform.events.said}
    stands_for = [fact for name in ENRICH_TASKS for fact in enrichment_facts(platform.jobs.kept[job.id], name)]
    assert known == {fact.id for fact in stands_for}
    began = "video.generate_subtitles" if audio else "video.generate_subtitles.result"
    assert set(platform.events.types) == {began, "video.ai_analysis.result"}


def test_shards_weigh_as_many_pixels_as_they_encode() -> None:
    weights = weights_of(made_up_plan(segments=4, audio=2))

    low, high = 640 * 360 * 12, 1280 * 720 * 12
    assert weights.video == (low, high, low + high)
    assert weights.audio == (1.0, 1.0)
