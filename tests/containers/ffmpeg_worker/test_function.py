"""The Lambda entry: the order as its event, a pointer as its answer, errors by the names the machine knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ffmpeg_worker.function import build_handler
from marquee.domain import keys
from marquee.domain.errors import PermanentError
from marquee.entry.steps import InternalError

from tests.encoding import BUCKET, JOB, LocalObjects, encoder, order, plan_of, put_plan
from tests.films import film


@pytest.fixture
def store() -> LocalObjects:
    path = film("tiny")
    made = LocalObjects(path)
    put_plan(made, plan_of(path, sides=(96,)))
    return made


def test_the_answer_points_to_the_report(store: LocalObjects) -> None:
    answer = build_handler(lambda: encoder(store))(order("video", 0).model_dump(), None)
    assert answer == {"result_key": keys.result_key(JOB, "video", 0)}
    assert store.get(BUCKET, answer["result_key"]) is not None


def test_a_bad_film_is_a_permanent_error_with_code_and_sentence(store: LocalObjects) -> None:
    store.source = Path(__file__)
    with pytest.raises(PermanentError) as caught:
        build_handler(lambda: encoder(store))(order("video", 0).model_dump(), None)
    assert type(caught.value) is PermanentError
    assert set(json.loads(str(caught.value))) == {"code", "message"}


def test_half_an_order_is_a_bug_and_not_a_bad_film(store: LocalObjects) -> None:
    with pytest.raises(InternalError):
        build_handler(lambda: encoder(store))({"job_id": JOB}, None)
