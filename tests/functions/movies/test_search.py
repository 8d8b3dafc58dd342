"""`GET /movies/search` through the real entry, over stores in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from marquee.domain.clock import utc_now
from movies.handler import lambda_handler
from movies.wiring import wiring

from tests.functions.movies.films import BASE, all_pages, get, own, tmdb
from tests.platform import Platform


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring):
        yield


def titles(body: dict[str, list[dict[str, str]]]) -> list[str]:
    return [item["title"] for item in body["items"]]


def test_exact_comes_before_prefix_before_words_before_typos(platform: Platform) -> None:
    for title in ("Aliens", "Dark Alien Hunt", "Alien Covenant", "Heat", "The Alien", "Alein"):
        own(platform, title, popularity=len(title))

    found = get(platform, "/search?q=alien")

    assert titles(found) == ["The Alien", "Alien Covenant", "Aliens", "Dark Alien Hunt", "Alein"]
    assert titles(get(platform, "/search?q=aline"))[0] == "The Alien"


def test_our_own_come_first_at_equal_relevance_and_no_further(platform: Platform) -> None:
    own(platform, "Solaris Again", popularity=99)
    ours = own(platform, "Solaris", popularity=1)
    tmdb(platform, 593, "Solaris", popularity=50)

    found = get(platform, "/search?q=solaris")

    assert [item["id"] for item in found["items"]][:2] == [ours.id, "tmdb-593"]
    assert titles(found) == ["Solaris", "Solaris", "Solaris Again"]
    assert [item["source"] for item in found["items"]] == ["database", "tmdb", "database"]


def test_a_film_of_both_is_shown_once_as_ours(platform: Platform) -> None:
    ours = own(platform, "Heat", tmdb_id=949)
    tmdb(platform, 949, "Heat", poster_path="/heat.jpg", overview="A heist.")

    (item,) = get(platform, "/search?q=heat")["items"]

    assert (item["id"], item["source"], item["overview"]) == (ours.id, "database", "A heist.")
    assert item["poster"]["sizes"]["w500"] == "/images/tmdb/w500/heat.jpg"


def test_a_film_of_ours_is_found_by_the_name_that_only_tmdb_knows(platform: Platform) -> None:
    ours = own(platform, "Der Pate", tmdb_id=238)
    tmdb(platform, 238, "The Godfather")

    (item,) = get(platform, "/search?q=godfather")["items"]

    assert (item["id"], item["title"]) == (ours.id, "Der Pate")


def test_filters_hold_for_both(platform: Platform) -> None:
    own(platform, "Heat", year=1995, genres=("Crime",), languages=("en",))
    own(platform, "Heat", year=1986, genres=("Action",), languages=("de",))
    tmdb(platform, 1, "Heat", release_date=date(1995, 1, 1), genres=("Crime",), original_language="en")
    tmdb(platform, 2, "Heat", release_date=date(2001, 1, 1), genres=("Drama",), original_language="de")

    for condition in ("year=1995", "genre=crime", "language=EN"):
        assert {(i["year"]) for i in get(platform, f"/search?q=heat&{condition}")["items"]} == {1995}
    assert len(get(platform, "/search?q=heat&year=1995&language=en")["items"]) == 2


@pytest.mark.parametrize("condition", ["genre=crime", "language=en", "year=1995"])
def test_a_film_of_ours_that_tmdb_found_passes_the_filter_by_what_we_say_of_it(
    platform: Platform, condition: str
) -> None:
    own(platform, "Hitze", year=1996, genres=("Drama",), languages=("de",), tmdb_id=949)
    filled = own(platform, "Köter", tmdb_id=950)
    for number, title in ((949, "Heat"), (950, "Heat Dogs")):
        tmdb(platform, number, title, release_date=date(1995, 1, 1), genres=("Crime",), original_language="en")

    assert [item["id"] for item in get(platform, f"/search?q=heat&{condition}")["items"]] == [filled.id]


def test_a_title_of_signs_alone_is_found(platform: Platform) -> None:
    own(platform, "🎬🍿")
    own(platform, "Popcorn")

    assert titles(get(platform, "/search?q=🍿")) == ["🎬🍿"]


def test_available_are_only_movies_that_can_be_watched(platform: Platform) -> None:
    job = platform.running()
    platform.assets.mark_playable(job.asset_id, 1, utc_now())
    own(platform, "Heat", asset_id=job.asset_id)
    own(platform, "Heat", year=1986)
    tmdb(platform, 1, "Heat")

    (item,) = get(platform, "/search?q=heat&available=true")["items"]
    assert item["asset"]["playback_url"] == f"/media/{job.asset_id}/1/main.m3u8"
    assert (item["available"], item["asset"]["status"]) == (True, "playable")
    assert platform.movie_source.asked == []
    assert [i["available"] for i in get(platform, "/search?q=heat&available=false")["items"]] == [False, False]


def test_pages_neither_repeat_nor_skip(platform: Platform) -> None:
    for number in range(7):
        own(platform, f"Star {number}", popularity=number % 3)
    for number in range(1, 48):
        tmdb(platform, number, f"Star {number}", popularity=number % 5)

    for limit in (1, 3, 20, 100):
        found = all_pages(platform, f"/search?q=star&limit={limit}")
        assert len(found) == len({item["id"] for item in found}) == 54


def test_what_comes_or_goes_meanwhile_leaves_the_rest_of_the_pages_as_they_were(platform: Platform) -> None:
    movies = [own(platform, "Star", popularity=number) for number in range(6)]
    first = get(platform, "/search?q=star&limit=3")
    own(platform, "Star", popularity=77)
    platform.movies.delete(movies[5].id)
    platform.cache.invalidate("movies")

    rest = get(platform, f"/search?q=star&limit=3&cursor={first['next_cursor']}")

    shown = [item["id"] for item in first["items"] + rest["items"]]
    assert shown == [movie.id for movie in reversed(movies)]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("other", ["/search?q=sta", "/search?q=star&year=1999", "?sort=title"])
def test_a_cursor_is_good_for_its_own_question_alone(platform: Platform, other: str) -> None:
    for _ in range(2):
        own(platform, "Star")
    cursor = get(platform, "/search?q=star&limit=1")["next_cursor"]

    answer = platform.call(lambda_handler, "GET", f"{BASE}{other}&cursor={cursor}")

    assert (answer.status, answer.body["code"]) == (422, "invalid_cursor")


@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "eyJhIjoxfQ", "é"])
def test_a_cursor_that_nobody_gave_is_refused(platform: Platform, cursor: str) -> None:
    answer = platform.call(lambda_handler, "GET", f"{BASE}/search?q=star&cursor={cursor}")

    assert (answer.status, answer.body["code"]) == (422, "invalid_cursor")


def test_without_tmdb_our_own_are_found_and_the_answer_says_so(platform: Platform) -> None:
    own(platform, "Heat")
    tmdb(platform, 949, "Heat")
    platform.movie_source.away = True

    found = get(platform, "/search?q=heat")

    assert (titles(found), found["degraded"], found["next_cursor"]) == (["Heat"], True, None)
    assert found["attribution"] is None


def test_without_the_database_what_was_found_before_is_found_again(platform: Platform) -> None:
    own(platform, "Heat")
    get(platform, "/search?q=heat")
    platform.movies.away = True

    (item,) = get(platform, "/search?q=heat")["items"]
    assert item["source"] == "cache"


def test_without_the_database_and_anything_kept_tmdb_is_left(platform: Platform) -> None:
    tmdb(platform, 949, "Heat")
    platform.movies.away = True

    found = get(platform, "/search?q=heat")

    assert ([item["id"] for item in found["items"]], found["degraded"]) == (["tmdb-949"], True)


def test_the_same_question_is_asked_of_the_database_once(platform: Platform) -> None:
    own(platform, "Heat")
    get(platform, "/search?q=heat")
    calls = platform.movies.calls
    get(platform, "/search?q=HEAT")

    assert platform.movies.calls == calls


def test_attribution_is_given_when_something_of_tmdb_is_shown(platform: Platform) -> None:
    own(platform, "Heat")
    assert get(platform, "/search?q=heat")["attribution"] is None

    tmdb(platform, 949, "Heat")
    assert "TMDB" in get(platform, "/search?q=heat")["attribution"]


def test_an_empty_question_shows_what_passes_the_filter(platform: Platform) -> None:
    own(platform, "Heat", genres=("Crime",), popularity=1)
    own(platform, "Alien", genres=("Horror",), popularity=2)
    tmdb(platform, 1, "Se7en", genres=("Crime",))

    assert titles(get(platform, "/search")) == ["Alien", "Heat", "Se7en"]
    assert titles(get(platform, "/search?genre=Crime")) == ["Heat", "Se7en"]


def test_what_an_overview_mentions_comes_last(platform: Platform) -> None:
    own(platform, "Blade Runner", overview="A detective hunts replicants.", popularity=99)
    own(platform, "Detective", popularity=1)

    assert titles(get(platform, "/search?q=detective")) == ["Detective", "Blade Runner"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "year=12", "language=english1", f"q={'x' * 201}", "available=x"]
)
def test_a_question_that_makes_no_sense_is_refused(platform: Platform, query: str) -> None:
    assert platform.call(lambda_handler, "GET", f"{BASE}/search?{query}").status == 422
