"""`publish` through its real entry, over objects in memory."""

import json

import pytest
from marquee.domain.errors import PermanentError
from publish.handler import build_handler
from publish.wiring import Wiring

from tests.fakes_media import BUCKET, JOB, MemoryObjects, RecordedMarks
from tests.made_up_film import made_up_plan, store_plan, store_result, video_result

EVENT = {"order": {"job_id": JOB, "media_bucket": BUCKET, "kind": "video", "index": 0}}


def test_the_answer_says_what_can_be_watched() -> None:
    plan, objects = made_up_plan(audio=0), MemoryObjects()
    store_plan(objects, plan)
    store_result(objects, plan, video_result(plan, 0))
    handler = build_handler(lambda: Wiring(objects, RecordedMarks()))

    assert handler(EVENT, None) == {"playable": True, "segments": {"v360": 2}}


def test_a_job_without_a_plan_is_a_permanent_error_with_its_code() -> None:
    handler = build_handler(lambda: Wiring(MemoryObjects(), RecordedMarks()))

    with pytest.raises(PermanentError) as raised:
        handler(EVENT, None)
    assert json.loads(str(raised.value))["code"] == "plan_not_found"
