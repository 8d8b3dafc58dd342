"""Storyboard tiles and posters come from the encode's own decode and show the right frame."""

from __future__ import annotations

import io

import av
import pytest
from marquee.domain import keys
from marquee.media.filters import poster_count
from marquee.media.planner import build_plan

from tests.encoding import JOB, Encoding, encode_film, info_of, plan_of
from tests.films import film, frame_number

FRAME_RATE = 25


@pytest.fixture(scope="module")
def encoding() -> Encoding:
    path = film("h264_25")
    return encode_film(path, plan_of(path, interval_seconds=0.5))


def picture(encoding: Encoding, key: str) -> av.VideoFrame:
    stored = encoding.store.get("media", key)
    assert stored is not None, key
    with av.open(io.BytesIO(stored.body)) as container:
        return next(container.decode(video=0))


def test_a_tile_shows_what_is_on_the_screen_at_its_time(encoding: Encoding) -> None:
    count = encoding.plan.storyboard.tile_count
    shown = [frame_number(picture(encoding, keys.tile_key(JOB, number))) for number in range(count)]
    assert shown == [int(number * 0.5 * FRAME_RATE) for number in range(count)]


def test_the_last_frame_of_a_shard_is_shown_when_a_tiles_time_lies_in_it() -> None:
    path = film("h264_25")
    encoded = encode_film(path, plan_of(path, interval_seconds=0.99))
    shown = [frame_number(picture(encoded, keys.tile_key(JOB, number))) for number in range(7)]
    assert shown == [0, 24, 49, 74, 99, 123, 148]


def test_tiles_have_the_planned_size(encoding: Encoding) -> None:
    tile, board = picture(encoding, keys.tile_key(JOB, 0)), encoding.plan.storyboard
    assert (tile.width, tile.height) == (board.tile_width, board.tile_height)


def test_frames_for_the_poster_come_from_the_middle_of_equal_parts_of_each_shard(encoding: Encoding) -> None:
    counts = [poster_count(encoding.plan, shard) for shard in encoding.plan.shards]
    assert counts == [3, 3, 3]
    candidates = [(shard, number) for shard in range(3) for number in range(3)]
    shown = [frame_number(picture(encoding, keys.poster_candidate_key(JOB, *one))) for one in candidates]
    # sixths of two seconds, and the first frame at or after each
    assert shown == [9, 25, 42, 59, 75, 92, 109, 125, 142]


def test_pictures_of_a_turned_film_stand_upright() -> None:
    path = film("phone")
    turned = encode_film(path, plan_of(path))
    poster = picture(turned, keys.poster_candidate_key(JOB, 0))
    assert poster.height > poster.width


def test_a_shard_that_takes_no_pictures_stores_none() -> None:
    path = film("h264_25", seconds=12.0)
    plan = build_plan(JOB, "asset-1", 1, "uploads", "uploads/u/source", info_of(path))
    encoded = encode_film(path, plan)
    silent = [shard.index for shard in plan.shards if not shard.takes_pictures]
    assert silent == [0]
    assert encoded.video[0].tile_indexes == ()
    assert encoded.store.get("media", keys.poster_candidate_key(JOB, 0)) is None
    tiles = [tile for result in encoded.video for tile in result.tile_indexes]
    assert sorted(tiles) == list(range(plan.storyboard.tile_count))
