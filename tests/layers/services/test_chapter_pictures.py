"""Each chapter gets a picture of itself out of the storyboard."""

import pytest
from marquee.domain import keys
from marquee.domain.analysis import Chapter
from marquee.domain.media import Storyboard
from marquee.domain.pipeline import Execution, Source
from marquee.services.chapter_pictures import tile_of, with_pictures

from tests.fakes_media import BUCKET, JOB, PREFIX, MemoryObjects
from tests.made_up_film import made_up_plan, store_plan

BOARD = Storyboard(interval_seconds=5, tile_count=7, tile_width=160, tile_height=90, columns=2, rows=2)
EXECUTION = Execution(
    asset_id="asset-1", version=1, job_id=JOB, attempt=1, media_bucket=BUCKET, source=Source(bucket="b", key="k")
)


def chapter(start: float, end: float) -> Chapter:
    return Chapter(source="test", confidence=1, start_seconds=start, end_seconds=end)


@pytest.mark.parametrize(
    ("start", "end", "tile"),
    [(0, 12, 0), (12, 20, 3), (15, 20, 3), (11, 14, 2), (29.9, 36, 6), (31, 36, 6), (34, 90, 6)],
)
def test_the_picture_lies_within_the_chapter_where_a_tile_does(start: float, end: float, tile: int) -> None:
    assert tile_of(chapter(start, end), BOARD) == tile


def test_pictures_are_published_under_names_of_their_own() -> None:
    objects = MemoryObjects()
    store_plan(objects, made_up_plan())
    for tile in (0, 3):
        objects.put(BUCKET, keys.tile_key(JOB, tile), b"tile %d" % tile, content_type="image/jpeg")

    first, second, third = with_pictures([chapter(0, 12), chapter(12, 20), chapter(20, 36)], EXECUTION, objects)

    assert (first.image, second.image) == ("images/chapter-00000.jpg", "images/chapter-00003.jpg")
    assert third.image is None
    assert objects.text("images/chapter-00003.jpg") == "tile 3"
    assert objects.types[PREFIX + "images/chapter-00003.jpg"][0] == "image/jpeg"


def test_chapters_stay_when_the_jobs_work_has_expired() -> None:
    objects = MemoryObjects()
    assert with_pictures([chapter(0, 12)], EXECUTION, objects) == (chapter(0, 12),)
    assert not list(objects.list(BUCKET, ""))
