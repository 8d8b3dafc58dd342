"""What enriches a film at work: it never holds the film back, never fails its job, and runs again by itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.infra.engine import ANSWERS, ENRICHED, JOB, Engine, Raised, Workers, running_engine
from tests.infra.templates import Templates

REASON = '{"code": "provider_refused", "message": "It would not."}'
KILLED = Raised("Runtime.ExitError", "Runtime exited with error: signal: killed")
LATE = Raised("Sandbox.Timedout", "Task timed out after 600.00 seconds")


@pytest.fixture(scope="module")
def engine(dev: Templates) -> Iterator[Engine]:
    with running_engine(dev.state_machine()) as engine:
        yield engine


@pytest.fixture(scope="module")
def again(dev: Templates) -> Iterator[Engine]:
    with running_engine(dev.state_machine("EnrichMachine")) as engine:
        yield engine


def names(workers: Workers) -> list[str]:
    return [name for name, _ in workers.calls]


def said(workers: Workers) -> list[tuple[str, str]]:
    return [(event["task"], event["happened"]) for event in workers.called("Enrichment")]


def test_every_chunk_is_listened_to_before_captions_are_made(engine: Engine) -> None:
    workers = Workers(answers=ENRICHED)
    assert engine.run(workers).status == "SUCCEEDED"
    order = {"schema": "video.generate_subtitles/1", **JOB, "kind": "cut_speech", "index": 0}
    assert workers.called("cut_speech") == [order]
    assert sorted(call["index"] for call in workers.called("transcribe_chunk")) == [0, 1, 2]
    (captions,) = workers.called("Captions")
    assert (captions["job_id"], captions["media_bucket"]) == ("j1", "media")
    assert names(workers)[-3:] == ["Enrichment", "analyze", "Finish"]
    assert said(workers) == [("analysis", "begins")]


def test_a_film_in_which_nothing_is_said_is_not_listened_to(engine: Engine) -> None:
    silent = {**ENRICHED, "cut_speech": {"result_key": "k", "chunks": []}}
    workers = Workers(answers=silent)
    assert engine.run(workers).status == "SUCCEEDED"
    assert not workers.called("transcribe_chunk")
    assert len(workers.called("Captions")) == 1


def test_what_nobody_wants_is_not_made(engine: Engine) -> None:
    workers = Workers()
    assert engine.run(workers).status == "SUCCEEDED"
    assert not {"cut_speech", "analyze", "Captions", "Enrichment"} & set(names(workers))


@dataclass
class Slow(Workers):
    """`hangs` does so until the film is released."""

    hangs: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    def invoke(self, function: str, payload: bytes) -> tuple[bytes, bool]:
        is_it = function.startswith(self.hangs) or f'"{self.hangs}"'.encode() in payload
        if is_it and not self.released.wait(60):
            raise AssertionError(f"the film waits for {self.hangs}")
        answer = super().invoke(function, payload)
        if function.startswith("Release"):
            self.released.set()
        return answer


@pytest.mark.parametrize("hangs", ["cut_speech", "transcribe_chunk", "Captions", "Images", "Subtitles"])
def test_the_film_is_released_while_an_enricher_hangs(engine: Engine, hangs: str) -> None:
    workers = Slow(answers=ENRICHED, hangs=hangs)
    assert engine.run(workers).status == "SUCCEEDED"
    assert names(workers).index("Release") < names(workers).index(hangs)


@pytest.mark.parametrize("failure", [Raised("PermanentError", REASON), KILLED, LATE], ids=["refuses", "dies", "late"])
@pytest.mark.parametrize(
    ("state", "task"),
    [
        ("cut_speech", "captions"),
        ("transcribe_chunk", "captions"),
        ("Captions", "captions"),
        ("analyze", "analysis"),
        ("Images", "images"),
    ],
)
def test_a_film_whose_enricher_fails_is_released_and_its_job_finished(
    engine: Engine, state: str, task: str, failure: Raised
) -> None:
    workers = Workers({state: [failure] * 12}, answers=ENRICHED)
    assert engine.run(workers).status == "SUCCEEDED"
    (failed,) = [event for event in workers.called("Enrichment") if event["happened"] == "failed"]
    assert (failed["task"], failed["error"]["Error"]) == (task, failure.error)
    assert failed["job_id"] == "j1"
    assert len(workers.called("Release")) == len(workers.called("Finish")) == 1
    assert not workers.called("Fail")


def test_not_even_that_it_cannot_be_said_fails_the_job(engine: Engine) -> None:
    bad = Raised("PermanentError", REASON)
    workers = Workers({"Enrichment": [bad] * 9, "cut_speech": [bad]}, answers=ENRICHED)
    assert engine.run(workers).status == "SUCCEEDED"
    assert len(workers.called("Finish")) == 1


def test_a_film_that_is_not_as_planned_is_never_released_and_says_why(engine: Engine) -> None:
    mismatch = Raised("PermanentError", '{"code": "output_mismatch", "message": "odd"}')
    workers = Workers({"Package": [mismatch]}, answers=ENRICHED)
    assert engine.run(workers).status == "FAILED"
    assert not {"Release", "Finish", "analyze"} & set(names(workers))
    (failed,) = workers.called("Fail")
    assert failed["error"]["Error"] == "PermanentError"
    assert json.loads(failed["error"]["Cause"])["errorMessage"] == mismatch.message


@pytest.mark.parametrize(
    ("task", "calls", "told"),
    [
        ("images", ["Images"], []),
        ("captions", ["cut_speech", *["transcribe_chunk"] * 3, "Captions"], []),
        (
            "analysis",
            ["Enrichment", "analyze", "Enrichment"],
            [("analysis", "begins"), ("analysis", "done")],
        ),
    ],
)
def test_one_task_runs_again_by_itself(again: Engine, task: str, calls: list[str], told: list[tuple[str, str]]) -> None:
    workers = Workers()
    assert again.run(workers, task=task, retry=1).status == "SUCCEEDED"
    assert (names(workers), said(workers)) == (calls, told)


@pytest.mark.parametrize(("task", "state"), [("images", "Images"), ("captions", "Captions"), ("analysis", "analyze")])
def test_a_task_that_fails_again_says_so(again: Engine, task: str, state: str) -> None:
    workers = Workers({state: [Raised("PermanentError", REASON)]})
    assert again.run(workers, task=task, retry=2).status == "SUCCEEDED"
    assert said(workers)[-1] == (task, "failed")


@pytest.fixture(scope="module")
def amazon(prod: Templates) -> Iterator[Engine]:
    definition: Any = prod.state_machine("EnrichMachine")
    with running_engine(definition) as engine:
        yield engine


def test_amazon_listens_where_an_environment_says_so_and_is_asked_until_it_is_done(amazon: Engine) -> None:
    workers = Workers()
    assert amazon.run(workers, task="captions", retry=1).status == "SUCCEEDED"
    assert names(workers) == ["cut_speech", "Captions"]
    (job,) = amazon.client("transcribe").list_transcription_jobs()["TranscriptionJobSummaries"]
    assert job["TranscriptionJobName"] == "a1-1-1"
    found = amazon.client("transcribe").get_transcription_job(TranscriptionJobName="a1-1-1")["TranscriptionJob"]
    assert found["Media"]["MediaFileUri"].endswith("/work/j1/speech/sound.flac")


def test_a_transcription_that_was_started_before_is_gone_on_with(amazon: Engine) -> None:
    amazon.client("transcribe").start_transcription_job(
        TranscriptionJobName=amazon.next_name, Media={"MediaFileUri": "s3://media/x"}, IdentifyLanguage=True
    )
    workers = Workers()
    assert amazon.run(workers, task="captions", retry=1).status == "SUCCEEDED"
    assert names(workers) == ["cut_speech", "Captions"]


def test_amazon_is_not_asked_about_a_film_in_which_nothing_is_said(amazon: Engine) -> None:
    before = amazon.client("transcribe").list_transcription_jobs()["TranscriptionJobSummaries"]
    workers = Workers(answers={"cut_speech": {**ANSWERS["cut_speech"], "chunks": []}})
    assert amazon.run(workers, task="captions", retry=1).status == "SUCCEEDED"
    assert names(workers) == ["cut_speech", "Captions"]
    assert amazon.client("transcribe").list_transcription_jobs()["TranscriptionJobSummaries"] == before
