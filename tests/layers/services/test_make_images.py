"""Poster and storyboard out of what the shards left."""

import pytest
from marquee.domain import keys
from marquee.domain.media import ImagesSummary
from marquee.media.pictures import encode_jpeg
from marquee.services.make_images import make_images
from PIL import Image

from tests.fakes_media import BUCKET, JOB, PREFIX, MemoryObjects, RecordedMarks
from tests.made_up_film import made_up_plan, store_plan

IMAGES = {"images/poster.jpg", "images/storyboard.vtt", "images/storyboard-0.jpg", "images/storyboard-1.jpg"}


def tile(shade: int = 100) -> bytes:
    return encode_jpeg(Image.new("RGB", (160, 90), (shade, shade, shade)))


@pytest.fixture
def objects() -> MemoryObjects:
    objects = MemoryObjects()
    store_plan(objects, made_up_plan())
    return objects


def published(objects: MemoryObjects) -> set[str]:
    return {head.key.removeprefix(PREFIX) for head in objects.list(BUCKET, PREFIX)}


def put(objects: MemoryObjects, key: str, body: bytes) -> None:
    objects.put(BUCKET, key, body, content_type="image/jpeg")


def test_poster_and_storyboard_are_published(objects: MemoryObjects) -> None:
    for index in range(7):
        put(objects, keys.tile_key(JOB, index), tile())
    put(objects, keys.poster_candidate_key(JOB, 0), tile(90))
    marks = RecordedMarks()

    summary = make_images(JOB, BUCKET, objects, marks)

    assert published(objects) == IMAGES
    assert summary.tile_count == 7
    assert summary.filled_tiles == 0
    assert (marks.started, marks.finished) == (["images"], ["images"])
    assert ImagesSummary.model_validate(objects.json(keys.images_summary_key(JOB))) == summary
    assert objects.types[PREFIX + "images/poster.jpg"][0] == "image/jpeg"
    assert objects.types[PREFIX + "images/storyboard.vtt"][0].startswith("text/vtt")
    assert "00:00:30.000 --> 00:00:36.000" in objects.text("images/storyboard.vtt")


def test_missing_tiles_are_filled_and_counted(objects: MemoryObjects) -> None:
    put(objects, keys.tile_key(JOB, 2), tile())

    summary = make_images(JOB, BUCKET, objects, RecordedMarks())

    assert published(objects) == IMAGES
    assert (summary.tile_count, summary.filled_tiles) == (7, 6)


def test_a_film_without_pictures_has_none_and_no_error(objects: MemoryObjects) -> None:
    summary = make_images(JOB, BUCKET, objects, RecordedMarks())

    assert (summary.poster, summary.storyboard_vtt, summary.tile_count) == (None, None, 0)
    assert published(objects) == set()
