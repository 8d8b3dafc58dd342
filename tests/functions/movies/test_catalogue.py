"""Lists, details, statistics and changes of movies through the real entry, over stores in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from marquee.domain.clock import utc_now
from movies.handler import lambda_handler
from movies.wiring import wiring

from tests.functions.movies.films import BASE, all_pages, as_admin, call_as, get, own, tmdb
from tests.platform import Platform

NEW = {"title": "Heat", "year": 1995, "genres": ["Crime"], "languages": ["en"], "popularity": 3}


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring):
        yield


def test_popular_are_our_own_and_then_what_is_popular_elsewhere(platform: Platform) -> None:
    for number in range(5):
        own(platform, f"Own {number}", popularity=number, tmdb_id=number + 1)
    for number in range(1, 31):
        tmdb(platform, number, f"Film {number}", popularity=100 - number)

    for limit in (1, 2, 5, 7, 100):
        listed = all_pages(platform, f"?sort=popular&limit={limit}")
        assert [item["title"] for item in listed[:5]] == [f"Own {n}" for n in (4, 3, 2, 1, 0)]
        assert [item["id"] for item in listed[5:]] == [f"tmdb-{n}" for n in range(6, 31)]


@pytest.mark.parametrize(
    ("sort", "expected"), [("title", ["Alien", "brazil", "Heat"]), ("featured", ["Heat", "Alien"])]
)
def test_other_lists_are_of_ours_alone(platform: Platform, sort: str, expected: list[str]) -> None:
    own(platform, "Heat", featured=True, popularity=2)
    own(platform, "brazil")
    own(platform, "Alien", featured=True, popularity=1)
    tmdb(platform, 1, "Aaa")

    assert [item["title"] for item in all_pages(platform, f"?sort={sort}&limit=1")] == expected
    assert platform.movie_source.asked == []


def test_lists_go_on_when_something_is_away(platform: Platform) -> None:
    own(platform, "Heat")
    tmdb(platform, 1, "Alien")
    platform.movie_source.away = True
    found = get(platform, "?sort=popular")
    assert ([i["title"] for i in found["items"]], found["degraded"], found["next_cursor"]) == (["Heat"], True, None)

    platform.movie_source.away, platform.movies.away = False, True
    found = get(platform, "?sort=popular&limit=9")
    assert ([i["title"] for i in found["items"]], found["degraded"]) == (["Alien"], True)
    answer = platform.call(lambda_handler, "GET", f"{BASE}?sort=title")
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")


def test_a_movie_of_ours_shows_what_can_be_watched(platform: Platform) -> None:
    job = platform.running()
    platform.assets.mark_playable(job.asset_id, 1, utc_now())
    movie = own(platform, "Heat", asset_id=job.asset_id, tmdb_id=949)
    tmdb(platform, 949, "Heat", runtime_minutes=170, backdrop_path="/b.jpg")

    shown = get(platform, f"/{movie.id}")

    assert (shown["available"], shown["asset"]["playback_url"]) == (True, f"/media/{job.asset_id}/1/main.m3u8")
    assert (shown["runtime_minutes"], shown["backdrop"]["url"]) == (170, "/images/tmdb/w1280/b.jpg")
    assert "TMDB" in shown["attribution"]


def test_a_movie_is_available_as_soon_as_its_asset_is(platform: Platform) -> None:
    job = platform.running()
    movie = own(platform, "Heat", asset_id=job.asset_id)
    assert get(platform, f"/{movie.id}")["available"] is False
    assert get(platform, "/search?q=heat&available=true")["items"] == []

    platform.assets.mark_playable(job.asset_id, 1, utc_now())

    assert get(platform, f"/{movie.id}")["available"] is True
    assert len(get(platform, "/search?q=heat&available=true")["items"]) == 1


def test_the_film_s_own_picture_goes_before_a_poster_of_tmdb(platform: Platform) -> None:
    job = platform.running()
    platform.packaged(job)
    from marquee.services.finish_job import FinishJob

    FinishJob(platform.jobs, platform.assets, platform.objects, platform.events)(job.execution())
    movie = own(platform, "Heat", asset_id=job.asset_id, poster_path="/p.jpg")

    assert get(platform, f"/{movie.id}")["poster"]["url"] == f"/media/{job.asset_id}/1/images/poster.jpg"


def test_a_film_of_tmdb_is_shown_as_theirs_or_as_ours(platform: Platform) -> None:
    tmdb(platform, 949, "Heat")
    tmdb(platform, 348, "Alien")
    ours = own(platform, "Alien", tmdb_id=348)

    assert (get(platform, "/tmdb-949")["source"], get(platform, "/tmdb-949")["available"]) == ("tmdb", False)
    assert get(platform, "/tmdb-348")["id"] == ours.id


@pytest.mark.parametrize("movie_id", ["mov_none", "tmdb-1", "tmdb-x", "$where"])
def test_an_unknown_movie_is_a_404(platform: Platform, movie_id: str) -> None:
    answer = platform.call(lambda_handler, "GET", f"{BASE}/{movie_id}")

    assert (answer.status, answer.body["code"]) == (404, "not_found")


def test_what_is_not_known_now_is_not_said_to_be_missing(platform: Platform) -> None:
    platform.movie_source.away = True

    assert platform.call(lambda_handler, "GET", f"{BASE}/tmdb-949").status == 503


def test_a_movie_that_was_read_is_shown_while_the_database_is_away(platform: Platform) -> None:
    movie = own(platform, "Heat")
    get(platform, f"/{movie.id}")
    platform.movies.away = True

    assert get(platform, f"/{movie.id}")["title"] == "Heat"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "", NEW), ("PATCH", "/mov_1", {"title": "x"}), ("DELETE", "/mov_1", None), ("GET", "/statistics", None)],
)
def test_only_administrators_write_and_count(method: str, path: str, body: object) -> None:
    assert call_as(None, method, path, body).status == 401
    assert call_as("premium", method, path, body).status == 403


def test_a_created_movie_is_found_at_once(platform: Platform) -> None:
    assert get(platform, "/search?q=heat")["items"] == []
    made = as_admin("POST", "", NEW)

    assert (made.status, made.body["title"], made.body["id"][:4]) == (201, "Heat", "mov_")
    assert [item["id"] for item in get(platform, "/search?q=haet")["items"]] == [made.body["id"]]
    assert get(platform, f"/{made.body['id']}")["genres"] == ["Crime"]


def test_the_same_call_twice_makes_one_movie(platform: Platform) -> None:
    key = {"Idempotency-Key": "one"}
    first, again = (as_admin("POST", "", NEW, key) for _ in range(2))
    other = as_admin("POST", "", {**NEW, "title": "Alien"}, key)

    assert (first.body["id"], len(platform.movies.kept)) == (again.body["id"], 1)
    assert (other.status, other.body["code"]) == (422, "idempotency_mismatch")


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "  "},
        {"title": None},
        {"year": 12},
        {"year": "1995"},
        {"genres": ["x" * 51]},
        {"languages": ["English"]},
        {"poster_path": "https://elsewhere/x.jpg"},
        {"poster_path": "/../x.jpg"},
        {"popularity": -1},
        {"tmdb_id": 0},
        {"asset_id": "ast_none"},
        {"unknown": 1},
    ],
    ids=repr,
)
def test_what_is_not_a_movie_is_refused(platform: Platform, wrong: dict[str, object]) -> None:
    assert as_admin("POST", "", {**NEW, **wrong}).status == 422
    movie = own(platform, "Heat")
    assert as_admin("PATCH", f"/{movie.id}", wrong).status == 422
    assert list(platform.movies.kept) == [movie.id]


def test_one_film_of_tmdb_is_one_movie(platform: Platform) -> None:
    as_admin("POST", "", {**NEW, "tmdb_id": 949})
    answer = as_admin("POST", "", {**NEW, "tmdb_id": 949})

    assert (answer.status, answer.body["code"]) == (409, "tmdb_id_taken")


def test_only_what_is_sent_changes_and_null_takes_away(platform: Platform) -> None:
    made = as_admin("POST", "", {**NEW, "runtime_minutes": 170}).body
    changed = as_admin("PATCH", f"/{made['id']}", {"year": None, "featured": True})

    assert changed.status == 200
    same = {k: v for k, v in made.items() if k not in {"year", "featured", "updated_at"}}
    assert {k: v for k, v in changed.body.items() if k in same} == same
    assert (changed.body["year"], changed.body["featured"]) == (None, True)
    assert get(platform, f"/{made['id']}")["featured"] is True


def test_progress_in_what_a_movie_links_to_is_progress_in_the_movie(platform: Platform) -> None:
    job, other = platform.running(), platform.running()
    made = as_admin("POST", "", {**NEW, "asset_id": job.asset_id}).body
    as_admin("PATCH", f"/{made['id']}", {"asset_id": other.asset_id})

    assert [platform.assets.kept[asset.asset_id].movie_id for asset in (job, other)] == [made["id"]] * 2


def test_a_change_of_what_is_no_longer_current_is_refused(platform: Platform) -> None:
    movie = own(platform, "Heat")
    etag = platform.call(lambda_handler, "GET", f"{BASE}/{movie.id}").headers["etag"]
    first = as_admin("PATCH", f"/{movie.id}", {"title": "Heat 1"}, {"If-Match": etag})
    second = as_admin("PATCH", f"/{movie.id}", {"title": "Heat 2"}, {"If-Match": etag})

    assert (first.status, second.status, second.body["code"]) == (200, 412, "outdated")
    assert as_admin("DELETE", f"/{movie.id}", headers={"If-Match": etag}).status == 412
    again = as_admin("PATCH", f"/{movie.id}", {"title": "Heat 2"}, {"If-Match": first.headers["etag"]})
    assert (again.status, again.body["title"]) == (200, "Heat 2")


def test_films_of_tmdb_are_not_ours_to_change(platform: Platform) -> None:
    tmdb(platform, 949, "Heat")

    assert as_admin("PATCH", "/tmdb-949", {"title": "x"}).body["code"] == "not_ours"
    assert as_admin("DELETE", "/tmdb-949").status == 409


def test_a_deleted_movie_is_gone_and_its_asset_stays(platform: Platform) -> None:
    job = platform.running()
    movie = own(platform, "Heat", asset_id=job.asset_id)
    get(platform, f"/{movie.id}")

    assert [as_admin("DELETE", f"/{movie.id}").status for _ in range(2)] == [204, 404]
    assert platform.call(lambda_handler, "GET", f"{BASE}/{movie.id}").status == 404
    assert get(platform, "/search?q=heat")["items"] == []
    assert job.asset_id in platform.assets.kept


def test_statistics_are_given_to_administrators(platform: Platform) -> None:
    own(platform, "Heat", genres=("Crime",), year=1995)
    counted = as_admin("GET", "/statistics")

    assert counted.status == 200
    assert (counted.body["movies"], counted.body["degraded"]) == (1, False)
    assert counted.body["by_genre"] == [{"value": "Crime", "count": 1}]
    assert counted.body["by_availability"] == [{"value": "none", "count": 1}]
