"""Poster and storyboard out of what the shards left."""

import pytest
from marquee.domain import keys
from marquee.domain.media import ImagesSummary
from marquee.media.pictures import encode_jpeg
from marquee.services.make_images import make_images
from PIL import Image

from tests.fakes_assets import MemoryAssets
from tests.fakes_media import BUCKET, JOB, PREFIX, MemoryObjects, RecordedMarks
from tests.made_up_assets import assets_with
from tests.made_up_film import made_up_plan, store_plan

STORYBOARD = {
    "images/storyboard.vtt",
    "images/storyboard.json",
    "images/storyboard-0.jpg",
    "images/storyboard-1.jpg",
}


def tile(shade: int = 100, size: tuple[int, int] = (160, 90)) -> bytes:
    image = Image.new("RGB", size, (shade, shade, shade))
    image.paste((255 - shade, 20, 20), (20, 20, 60, 60))
    return encode_jpeg(image)


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
        put(objects, keys.tile_key(JOB, index), tile(index * 30))
    for shard, shade in ((0, 10), (2, 90), (3, 200)):
        put(objects, keys.poster_candidate_key(JOB, shard), tile(shade, (640, 360)))
    marks = RecordedMarks()

    summary = make_images(JOB, BUCKET, objects, marks, assets_with("asset-1"))

    posters = {candidate.name for candidate in summary.candidates}
    assert published(objects) == STORYBOARD | posters | {summary.preview}
    assert len(posters) == 3
    assert summary.poster == summary.candidates[0].name
    assert {(c.width, c.height, c.faces) for c in summary.candidates} == {(640, 360, None)}
    assert summary.tile_count == 7
    assert summary.filled_tiles == 0
    assert (marks.started, marks.finished) == (["images"], ["images"])
    assert ImagesSummary.model_validate(objects.json(keys.images_summary_key(JOB))) == summary
    for name, kind in ((summary.poster, "image/jpeg"), (summary.preview, "image/webp")):
        assert objects.types[f"{PREFIX}{name}"] == (kind, "public, max-age=31536000, immutable")
    assert objects.types[PREFIX + "images/storyboard.json"][0] == "application/json"
    assert objects.types[PREFIX + "images/storyboard.vtt"][0].startswith("text/vtt")
    assert "00:00:30.000 --> 00:00:36.000" in objects.text("images/storyboard.vtt")


def test_missing_tiles_are_filled_and_counted(objects: MemoryObjects) -> None:
    put(objects, keys.tile_key(JOB, 2), tile())

    summary = make_images(JOB, BUCKET, objects, RecordedMarks(), assets_with("asset-1"))

    assert published(objects) == STORYBOARD | {summary.poster}
    assert (summary.tile_count, summary.filled_tiles) == (7, 6)
    assert summary.preview is None


@pytest.mark.parametrize("body", [b"no picture", tile()[:400]], ids=["another file", "cut off"])
def test_a_tile_that_is_garbage_counts_as_missing(objects: MemoryObjects, body: bytes) -> None:
    put(objects, keys.tile_key(JOB, 1), body)
    put(objects, keys.tile_key(JOB, 2), tile())

    assert make_images(JOB, BUCKET, objects, RecordedMarks(), assets_with("asset-1")).filled_tiles == 6


def test_without_larger_frames_the_tiles_are_the_candidates(objects: MemoryObjects) -> None:
    for index in range(7):
        put(objects, keys.tile_key(JOB, index), tile(index * 30))

    summary = make_images(JOB, BUCKET, objects, RecordedMarks(), assets_with("asset-1"))

    assert len(summary.candidates) == 3
    assert all(c.at_seconds is not None and c.at_seconds % 5 == 0 for c in summary.candidates)


def test_faces_are_counted_by_whoever_looks_for_them(objects: MemoryObjects) -> None:
    put(objects, keys.poster_candidate_key(JOB, 0), tile(90, (640, 360)))

    summary = make_images(
        JOB, BUCKET, objects, RecordedMarks(), assets_with("asset-1"), lambda picture: [(0.8, 0.2), (0.7, 0.1)]
    )

    assert [candidate.faces for candidate in summary.candidates] == [2]


def test_a_frame_that_cannot_be_read_is_left_out(objects: MemoryObjects) -> None:
    put(objects, keys.poster_candidate_key(JOB, 0), b"broken")
    put(objects, keys.poster_candidate_key(JOB, 2), tile(90, (640, 360)))

    assert len(make_images(JOB, BUCKET, objects, RecordedMarks(), assets_with("asset-1")).candidates) == 1


def test_a_film_without_pictures_has_none_and_no_error(objects: MemoryObjects) -> None:
    summary = make_images(JOB, BUCKET, objects, RecordedMarks(), assets_with("asset-1"))

    assert (summary.poster, summary.storyboard_vtt, summary.tile_count) == (None, None, 0)
    assert (summary.candidates, summary.preview, summary.storyboard_json) == ((), None, None)
    assert published(objects) == set()


def test_a_film_that_is_watched_already_gets_its_pictures_when_they_are_made(objects: MemoryObjects) -> None:
    put(objects, keys.tile_key(JOB, 2), tile())
    plan = made_up_plan()
    assets = assets_with(plan.asset_id, current_version=plan.version)

    summary = make_images(JOB, BUCKET, objects, RecordedMarks(), assets)
    assert assets.kept[plan.asset_id].images == summary


def test_nothing_stays_of_a_film_that_was_deleted_meanwhile(objects: MemoryObjects) -> None:
    put(objects, keys.tile_key(JOB, 2), tile())

    make_images(JOB, BUCKET, objects, RecordedMarks(), MemoryAssets())
    assert published(objects) == set()
