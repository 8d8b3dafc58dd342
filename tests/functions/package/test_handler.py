"""`package` through its real entry, over objects in memory."""

import json

import pytest
from marquee.domain.errors import PermanentError
from package.handler import build_handler
from package.wiring import Wiring

from tests.fakes_assets import MemoryAssets
from tests.fakes_media import BUCKET, JOB, MemoryObjects, RecordedMarks
from tests.made_up_film import made_up_plan, store_plan, store_result, video_result

# What the step finds: the whole execution with what earlier steps added.
EVENT = {"asset_id": "asset-1", "version": 1, "job_id": JOB, "attempt": 1, "media_bucket": BUCKET, "plan": {}}


def test_the_answer_points_to_the_summary() -> None:
    plan, objects = made_up_plan(audio=0), MemoryObjects()
    store_plan(objects, plan)
    for shard in plan.shards:
        store_result(objects, plan, video_result(plan, shard.index))
    handler = build_handler(lambda: Wiring(objects, RecordedMarks(), MemoryAssets()))

    assert handler(EVENT, None) == {"summary_key": f"work/{JOB}/package.json"}
    assert objects.json(f"work/{JOB}/package.json")


def test_what_is_not_as_planned_is_a_permanent_error_with_its_code() -> None:
    plan, objects = made_up_plan(audio=0), MemoryObjects()
    store_plan(objects, plan)
    handler = build_handler(lambda: Wiring(objects, RecordedMarks(), MemoryAssets()))

    with pytest.raises(PermanentError) as raised:
        handler(EVENT, None)
    assert json.loads(str(raised.value))["code"] == "output_mismatch"
