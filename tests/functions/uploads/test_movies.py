"""Uploads that are for a movie of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from marquee.domain import ids
from marquee.domain.clock import utc_now
from marquee.domain.movies import Movie
from marquee.services.link_movie import LinkMovie
from uploads.handler import lambda_handler
from uploads.wiring import wiring

from tests.platform import Answer, Platform

NEW = {"filename": "film.mp4", "size": 4, "content_type": "video/mp4"}


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    platform.caller = "admin"
    with platform.within(wiring):
        yield


@pytest.fixture
def movie(platform: Platform) -> Movie:
    now = utc_now()
    movie = Movie(id=ids.new_movie_id(), title="Heat", created_at=now, updated_at=now)
    platform.movies.add(movie)
    return movie


def upload(platform: Platform, movie_id: str) -> Answer:
    return platform.call(lambda_handler, "POST", "/api/v1/uploads", {**NEW, "movie_id": movie_id})


def test_the_movie_links_to_the_asset_from_the_start(platform: Platform, movie: Movie) -> None:
    made = upload(platform, movie.id).body

    linked = platform.movies.kept[movie.id]
    assert (linked.asset_id, linked.version) == (made["asset_id"], 2)
    assert platform.assets.kept[made["asset_id"]].movie_id == movie.id


@pytest.mark.parametrize("movie_id", ["mov_none", "tmdb-949"])
def test_an_upload_for_a_movie_that_is_not_there_is_refused(platform: Platform, movie_id: str) -> None:
    answer = upload(platform, movie_id)

    assert (answer.status, answer.body["code"]) == (422, "unknown_movie")
    assert not platform.uploads.kept
    assert not platform.multipart.open


def test_another_try_takes_the_place_of_one_that_cannot_be_watched(platform: Platform, movie: Movie) -> None:
    upload(platform, movie.id)
    second = upload(platform, movie.id).body

    assert platform.movies.kept[movie.id].asset_id == second["asset_id"]


def test_what_can_be_watched_stays_until_somebody_says_otherwise(platform: Platform, movie: Movie) -> None:
    first = upload(platform, movie.id).body
    platform.assets.mark_playable(first["asset_id"], 1, utc_now())
    upload(platform, movie.id)

    assert platform.movies.kept[movie.id].asset_id == first["asset_id"]


def test_a_deleted_asset_leaves_its_movie(platform: Platform, movie: Movie) -> None:
    asset_id = upload(platform, movie.id).body["asset_id"]
    LinkMovie(platform.movies, platform.assets, platform.cache).forget(asset_id)

    assert platform.movies.kept[movie.id].asset_id is None
