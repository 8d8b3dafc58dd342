"""`images` through its real entry, over objects in memory."""

from images.handler import build_handler
from images.wiring import Wiring

from tests.fakes_media import BUCKET, JOB, MemoryObjects, RecordedMarks
from tests.made_up_assets import assets_with
from tests.made_up_film import made_up_plan, store_plan


def test_the_answer_points_to_the_summary() -> None:
    objects = MemoryObjects()
    store_plan(objects, made_up_plan())
    handler = build_handler(lambda: Wiring(objects, RecordedMarks(), assets_with("asset-1")))

    assert handler({"job_id": JOB, "media_bucket": BUCKET}, None) == {"summary_key": f"work/{JOB}/images.json"}
    assert objects.json(f"work/{JOB}/images.json")
