"""`tracks` through its real entry: what is said in a film, read and supplied."""

from collections.abc import Iterator

import pytest
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.jobs import Job
from marquee.domain.media import PackageSummary
from marquee.domain.speech import Transcript, Word
from marquee.services.retry_task import RetryTask
from marquee.services.supply_transcript import SupplyTranscript
from tracks.handler import lambda_handler
from tracks.wiring import wiring

from tests.platform import MEDIA, Answer, Platform


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    platform.caller = "admin"
    retry = RetryTask(platform.jobs, platform.objects, platform.executions, platform.progress, frozenset({"captions"}))
    supply = SupplyTranscript(platform.assets, platform.objects, MEDIA, retry)
    with platform.within(wiring, supply_transcript=supply):
        yield


@pytest.fixture
def job(platform: Platform) -> Job:
    """A completed one, whose captions worked."""
    job = platform.running()
    platform.packaged(job)
    platform.objects.put(MEDIA, keys.plan_key(job.id), b"{}", content_type="application/json")
    stored = platform.objects.get(MEDIA, keys.package_summary_key(job.id))
    assert stored is not None
    platform.assets.publish(job.asset_id, 1, PackageSummary.model_validate_json(stored.body), None, utc_now())
    platform.jobs.finish_task(job.id, "captions", utc_now())
    completed = platform.jobs.complete(job.id, job.attempt, utc_now())
    assert completed is not None
    return completed


def ask(platform: Platform, asset_id: str, body: object = None) -> Answer:
    return platform.call(lambda_handler, "PUT" if body else "GET", f"/api/v1/assets/{asset_id}/transcript", body)


def supplied(platform: Platform, job: Job) -> str | None:
    stored = platform.objects.get(MEDIA, keys.supplied_transcript_key(job.asset_id, 1))
    return None if stored is None else stored.body.decode()


def test_captions_are_made_again_of_the_words_that_are_supplied(platform: Platform, job: Job) -> None:
    started = len(platform.executions.started)
    heard = keys.speech_chunk_key(job.id, 0)
    platform.objects.put(MEDIA, heard, b"{}", content_type="application/json")

    answer = ask(platform, job.asset_id, {"text": " To be, or not to be: Grüße. "})

    assert (answer.status, answer.body) == (202, {"job_id": job.id})
    assert supplied(platform, job) == "To be, or not to be: Grüße."
    # What was heard without knowing the words is not taken for an answer.
    assert platform.objects.get(MEDIA, heard) is None
    (execution,) = platform.executions.started[started:]
    assert (execution.job_id, getattr(execution, "task", None)) == (job.id, "captions")
    assert platform.jobs.kept[job.id].tasks["captions"].status == "running"


def test_while_captions_are_made_nothing_is_taken(platform: Platform, job: Job) -> None:
    ask(platform, job.asset_id, {"text": "First"})
    second = ask(platform, job.asset_id, {"text": "Second"})

    assert (second.status, second.body["code"]) == (409, "task_not_retryable")
    assert supplied(platform, job) == "First"


def test_a_film_that_is_not_finished_takes_no_transcript(platform: Platform) -> None:
    job = platform.running()
    answer = ask(platform, job.asset_id, {"text": "Hello"})

    assert (answer.status, answer.body["code"]) == (409, "not_playable")
    assert supplied(platform, job) is None


@pytest.mark.parametrize("body", [{"text": "  "}, {"text": "… — !"}, {"words": []}, {"text": "a", "language": "en"}])
def test_a_transcript_has_words_and_nothing_else(platform: Platform, job: Job, body: dict[str, object]) -> None:
    assert ask(platform, job.asset_id, body).status == 422
    assert supplied(platform, job) is None


def test_what_is_said_can_be_read(platform: Platform, job: Job) -> None:
    assert ask(platform, job.asset_id).status == 404
    words = tuple(Word(text=text, start_seconds=n, end_seconds=n + 0.5) for n, text in enumerate(("Hello", "world.")))
    heard = Transcript(language="en", source="sphinx", draft=True, words=words, confidence=0.8)
    key = keys.transcript_key(job.asset_id, 1)
    platform.objects.put(MEDIA, key, heard.model_dump_json().encode(), content_type="application/json")

    assert ask(platform, job.asset_id).body == {
        "language": "en",
        "source": "sphinx",
        "draft": True,
        "confidence": 0.8,
        "text": "Hello world.",
    }
    assert ask(platform, "ast_none").status == 404
    assert ask(platform, "ast_none", {"text": "Hello"}).status == 404
