"""The contract of `AnswerStore`, on the fake and on the real database."""

import uuid
from datetime import timedelta

import pytest
from marquee.adapters.answers import DatabaseAnswers
from marquee.domain.clock import utc_now
from marquee.domain.errors import IdempotencyMismatch, IdempotencyRunning
from marquee.domain.stores import AnswerStore

from tests.fakes import MemoryAnswers

pytestmark = pytest.mark.contract
NOW = utc_now()
ANSWER = {"upload_id": "upl_1", "parts": [{"part_number": 1}]}


@pytest.fixture(params=["memory", "database"])
def answers(request: pytest.FixtureRequest) -> AnswerStore:
    if request.param == "memory":
        return MemoryAnswers()
    return DatabaseAnswers(request.getfixturevalue("shared_database"))


@pytest.fixture
def key() -> str:
    return uuid.uuid4().hex


def test_a_finished_call_gives_its_answer_again(answers: AnswerStore, key: str) -> None:
    assert answers.begin(key, "body", NOW) is None
    answers.finish(key, ANSWER, NOW)

    assert answers.begin(key, "body", NOW) == ANSWER


def test_another_body_is_a_mismatch_running_or_finished(answers: AnswerStore, key: str) -> None:
    answers.begin(key, "body", NOW)
    with pytest.raises(IdempotencyMismatch):
        answers.begin(key, "other", NOW)
    answers.finish(key, ANSWER, NOW)
    with pytest.raises(IdempotencyMismatch):
        answers.begin(key, "other", NOW)


def test_a_running_call_is_waited_for(answers: AnswerStore, key: str) -> None:
    answers.begin(key, "body", NOW)
    with pytest.raises(IdempotencyRunning):
        answers.begin(key, "body", NOW)


@pytest.mark.parametrize("finished", [False, True])
def test_a_key_is_free_after_its_time(answers: AnswerStore, key: str, finished: bool) -> None:
    answers.begin(key, "body", NOW)
    if finished:
        answers.finish(key, ANSWER, NOW)
    after = NOW + (timedelta(hours=25) if finished else timedelta(seconds=61))

    assert answers.begin(key, "other", after) is None
    with pytest.raises(IdempotencyRunning):
        answers.begin(key, "other", after)


def test_a_failed_call_frees_its_key_but_a_finished_one_keeps_it(answers: AnswerStore, key: str) -> None:
    answers.begin(key, "body", NOW)
    answers.forget(key)
    assert answers.begin(key, "other", NOW) is None
    answers.finish(key, ANSWER, NOW)
    answers.forget(key)

    assert answers.begin(key, "other", NOW) == ANSWER
