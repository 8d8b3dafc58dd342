"""`GET /movies/{id}/related` through the real entry, over stores in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from movies.handler import lambda_handler
from movies.wiring import wiring

from tests.functions.movies.films import BASE, get, own, tmdb
from tests.platform import Platform
from tests.searched_films import Films


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring):
        yield


@pytest.fixture
def films(platform: Platform) -> Films:
    return Films(platform.assets, platform.objects, platform.spoken)


def related(platform: Platform, movie_id: str) -> list[tuple[str, list[str]]]:
    body: dict[str, Any] = get(platform, f"/{movie_id}/related")
    return [(item["movie"]["title"], item["shared"]) for item in body["items"]]


def test_films_of_the_same_kind_are_related_the_more_they_share(platform: Platform) -> None:
    film = own(platform, "Heat", genres=("Crime", "Drama"), year=1995)
    own(platform, "Thief", genres=("Crime", "Drama"), year=1981)
    own(platform, "Collateral", genres=("crime",), year=2004)
    own(platform, "Up", genres=("Animation",), year=2009)

    assert related(platform, film.id) == [("Thief", ["Crime", "Drama"]), ("Collateral", ["Crime"])]


def test_films_about_the_same_things_are_related(platform: Platform, films: Films) -> None:
    movies = {}
    for title, about in (("Sea", ["harbour", "storm"]), ("Waves", ["storm", "sailor"]), ("Desert", ["camel"])):
        asset = films.film(title=title)
        films.analyze(asset.id, about=about)
        movies[title] = own(platform, title, asset_id=asset.id)

    assert related(platform, movies["Sea"].id) == [("Waves", ["storm"])]
    assert related(platform, movies["Desert"].id) == []


def test_what_a_film_is_about_is_not_told_to_who_may_not_watch_it(platform: Platform, films: Films) -> None:
    movies = {}
    for title, visibility in (("Sea", "public"), ("Waves", "premium")):
        asset = films.film(title=title, visibility=visibility)
        films.analyze(asset.id, about=["storm"])
        movies[title] = own(platform, title, asset_id=asset.id)

    assert related(platform, movies["Sea"].id) == [("Waves", [])]


def test_sequels_are_related_by_their_titles(platform: Platform) -> None:
    film = own(platform, "The Lighthouse Keeper")
    own(platform, "The Lighthouse Keeper Returns")
    own(platform, "Houses")

    assert related(platform, film.id) == [("The Lighthouse Keeper Returns", [])]


def test_a_film_of_tmdb_leads_to_ours(platform: Platform) -> None:
    tmdb(platform, 949, "Heat", genres=("Crime",))
    own(platform, "Thief", genres=("Crime",))

    assert related(platform, "tmdb-949") == [("Thief", ["Crime"])]


def test_of_what_is_not_there_nothing_is_related(platform: Platform) -> None:
    assert platform.call(lambda_handler, "GET", f"{BASE}/mov_none/related").status == 404
    assert related(platform, own(platform, "Alone").id) == []
