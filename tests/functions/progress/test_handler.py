"""`progress` through its real entry, over stores in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from marquee.domain.watch_stores import MovieCard, WatchKey
from marquee.services.flush_progress import FlushProgress
from marquee.services.record_progress import Allowance, RecordProgress
from progress.handler import lambda_handler
from progress.wiring import wiring

from tests.fakes_watch import MemoryLiveWatch, MemoryMovieCards, MemoryWatch
from tests.platform import CONTEXT, Answer, Platform, http_event

START = datetime(2026, 1, 1, tzinfo=UTC)
ROOT = "/api/v1"


class Site:
    """The function and its stores, as signed-in viewers meet them."""

    def __init__(self) -> None:
        self.live, self.store, self.movies = MemoryLiveWatch(), MemoryWatch(), MemoryMovieCards()
        self.posts = 0

    def call(self, method: str, path: str, body: object = None, viewer: str | None = "ann", **claims: str) -> Answer:
        event = http_event(method, ROOT + path, body)
        if viewer is not None:
            told = {"sub": viewer, "username": viewer, **claims}
            event["requestContext"]["authorizer"] = {"jwt": {"claims": told, "scopes": None}}
        answer = lambda_handler(event, CONTEXT)
        names = {name.lower(): value for name, value in answer["headers"].items()}
        return Answer(answer["statusCode"], names, json.loads(answer["body"]) if answer.get("body") else None)

    def post(self, movie_id: str = "mov_1", position: float = 30.0, viewer: str = "ann", **more: Any) -> Answer:
        return self.call("POST", f"/streaming/progress/{movie_id}", self.body(position, **more), viewer)

    def body(self, position: float = 30.0, **more: Any) -> dict[str, Any]:
        self.posts += 1
        return {
            "session_id": "s-1",
            "session_started_at": START.isoformat(),
            "position_seconds": position,
            "duration_seconds": 100.0,
            "device": "Living room",
            "client_time": (START + timedelta(seconds=10 * self.posts)).isoformat(),
            **more,
        }

    def show(self, movie_id: str = "mov_1", viewer: str = "ann") -> Answer:
        return self.call("GET", f"/streaming/progress/{movie_id}", None, viewer)

    def going_on(self, query: str = "", viewer: str = "ann") -> Answer:
        return self.call("GET", f"/me/continue-watching{query}", None, viewer)

    def flush(self) -> None:
        FlushProgress(self.live, self.store, Platform().metrics)()


@pytest.fixture
def site(platform: Platform) -> Iterator[Site]:
    site = Site()
    with platform.within(
        wiring,
        live_watch=site.live,
        watch_progress=site.store,
        movie_cards=site.movies,
        settings=SimpleNamespace(continue_minimum_seconds=60.0),
    ):
        yield site


def test_a_report_is_taken_into_valkey_alone_and_shown_at_once(site: Site) -> None:
    answer = site.post(position=30.0)

    assert (answer.status, answer.body) == (
        202,
        {"movie_id": "mov_1", "recorded": True, "status": "in_progress", "position_seconds": 30.0},
    )
    shown = site.show()
    assert shown.status == 200
    assert (shown.body["position_seconds"], shown.body["duration_seconds"]) == (30.0, 100.0)
    assert (shown.body["device"], shown.body["session_id"]) == ("Living room", "s-1")
    assert shown.body["session_started_at"] == "2026-01-01T00:00:00Z"
    assert (shown.body["times_completed"], shown.body["completed_at"], shown.body["degraded"]) == (0, None, False)
    assert site.store.writes == 0


def test_a_flushed_report_is_shown_from_the_cache_and_without_it_from_the_database(site: Site) -> None:
    site.post(position=30.0)
    site.flush()
    cached = site.show().body
    site.live.entries.clear()
    kept = site.show().body

    assert (cached.pop("source"), kept.pop("source")) == ("cache", "database")
    assert cached == kept


def test_a_movie_that_was_never_begun_is_unwatched(site: Site) -> None:
    answer = site.show("ast_never")

    assert (answer.status, answer.body["status"], answer.body["position_seconds"]) == (200, "unwatched", 0.0)


def test_a_repeated_report_is_accepted_and_changes_nothing(site: Site) -> None:
    body = site.body(30.0)
    answers = [site.call("POST", "/streaming/progress/mov_1", body) for _ in range(2)]

    assert [(answer.status, answer.body["recorded"]) for answer in answers] == [(202, True), (202, False)]


def test_the_end_completes_a_movie_and_beginning_again_keeps_the_count(site: Site) -> None:
    site.post(position=95)
    done = site.show().body
    site.post(position=5)
    again = site.show().body

    assert (done["status"], done["times_completed"], done["completed_at"]) == ("completed", 1, done["updated_at"])
    assert (again["status"], again["times_completed"], again["completed_at"]) == ("in_progress", 1, None)


def test_viewers_do_not_see_each_other(site: Site) -> None:
    site.post(viewer="ann")

    assert site.show(viewer="bob").body["status"] == "unwatched"
    assert site.going_on(viewer="bob").body["items"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/streaming/progress/mov_1"), ("GET", "/streaming/progress/mov_1"), ("GET", "/me/continue-watching")],
)
def test_only_people_with_an_account_have_progress(site: Site, method: str, path: str) -> None:
    body = site.body() if method == "POST" else None
    nobody = site.call(method, path, body, viewer=None)

    assert (nobody.status, nobody.body["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "wrong",
    [
        {"position_seconds": -1},
        {"position_seconds": 111},
        {"position_seconds": "NaN"},
        {"duration_seconds": 0},
        {"duration_seconds": 1e9},
        {"session_id": ""},
        {"session_id": "a/b"},
        {"device": ""},
        {"device": "x" * 65},
        {"client_time": "2026-01-01T00:00:00"},
        {"client_time": "1969-12-31T23:59:59Z"},
        {"client_time": "9999-12-31T23:59:59Z"},
        {"session_started_at": None},
    ],
)
def test_what_is_no_report_is_refused(site: Site, wrong: dict[str, Any]) -> None:
    answer = site.post(**{"position": 30.0, **wrong})

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert site.live.entries == {}


def test_an_impossible_movie_id_is_refused(site: Site) -> None:
    assert site.post("a b").status == 422
    assert site.show("x" * 65).status == 422


def test_without_valkey_reports_go_to_the_database_and_are_found(site: Site) -> None:
    site.live.away = True
    assert site.post(position=30.0).status == 202
    assert site.post(position=40.0).body["recorded"] is True

    shown = site.show().body
    assert (shown["position_seconds"], shown["source"], shown["degraded"]) == (40.0, "database", True)
    assert site.store.writes == 2


def test_without_valkey_more_reports_than_the_database_may_get_come_again_later(site: Site) -> None:
    site.live.away = True
    record: RecordProgress = wiring.record_progress
    record.allowance = Allowance(1, lambda: 0.0)
    taken, refused = site.post(), site.post()

    assert (taken.status, refused.status, refused.body["code"]) == (202, 503, "temporarily_unavailable")
    assert int(refused.headers["retry-after"]) > 0


def test_without_valkey_and_database_nothing_is_promised(site: Site) -> None:
    site.live.away = site.store.away = True

    assert [answer.status for answer in (site.post(), site.show(), site.going_on())] == [503, 503, 503]


def test_without_the_database_valkey_goes_on_alone(site: Site) -> None:
    site.store.away = True
    assert site.post(position=30.0).status == 202

    shown, listed = site.show(), site.going_on()
    assert (shown.status, shown.body["position_seconds"], shown.body["degraded"]) == (200, 30.0, True)
    assert ([item["movie_id"] for item in listed.body["items"]], listed.body["degraded"]) == (["mov_1"], True)


def test_reports_of_before_during_and_after_an_absence_of_valkey_come_together(site: Site) -> None:
    site.post(position=30.0)
    site.live.away = True
    site.post(position=40.0)
    site.live.away = False
    site.live.time.pass_seconds(60)
    site.flush()

    assert site.show().body["position_seconds"] == 40.0
    site.live.entries.clear()
    assert site.show().body["position_seconds"] == 40.0


def test_what_a_clean_cache_missed_while_it_was_away_is_seen_after_the_next_flush(site: Site) -> None:
    site.post(position=30.0)
    site.flush()
    site.live.away = True
    site.post(position=40.0)
    site.live.away = False
    site.flush()

    assert site.show().body["position_seconds"] == 40.0
    assert site.store.direct == set()


def test_a_deleted_account_s_token_brings_nothing_back(site: Site) -> None:
    site.post()
    site.live.forget("ann")
    answer = site.post()

    assert (answer.status, answer.body["code"]) == (401, "account_deleted")
    assert WatchKey("ann", "mov_1") not in site.live.entries


def test_movies_to_go_on_with_are_right_before_and_after_a_flush(site: Site) -> None:
    site.movies.known = {"mov_2": MovieCard("Two", "/p.jpg", "ast_2", playable=True)}
    for movie_id, position in [("mov_1", 50), ("mov_2", 20), ("mov_early", 4), ("mov_done", 91)]:
        site.post(movie_id, position)
    site.post("mov_short", 30, duration_seconds=59.0)
    before = site.going_on().body
    site.flush()
    flushed = site.going_on().body
    site.live.entries.clear()
    from_database = site.going_on().body

    assert before == flushed == from_database
    assert [item["movie_id"] for item in before["items"]] == ["mov_2", "mov_1"]
    known, gone = before["items"]
    assert (known["title"], known["poster_url"], known["asset_id"], known["available"]) == (
        ("Two", "/p.jpg", "ast_2", True)
    )
    assert (known["position_seconds"], known["fraction"], known["device"]) == (20.0, 0.2, "Living room")
    assert (gone["title"], gone["available"]) == (None, False)


def test_pages_go_on_over_what_is_flushed_and_what_is_not(site: Site) -> None:
    for number in range(7):
        site.post(f"mov_{number}", 50)
        if number == 3:
            site.flush()
    site.live.entries.pop(WatchKey("ann", "mov_2"))
    found, cursor = [], ""
    while cursor is not None:
        page = site.going_on(f"?limit=2&cursor={cursor}" if cursor else "?limit=2").body
        found += [item["movie_id"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert found == [f"mov_{number}" for number in range(6, -1, -1)]


# "x", and {"before": "\\ud800"}: half a character, which no store takes
@pytest.mark.parametrize("cursor", ["x", "eyJiZWZvcmUiOiAiXHVkODAwIn0"])
def test_a_cursor_that_is_not_ours_is_refused(site: Site, cursor: str) -> None:
    assert site.going_on(f"?cursor={cursor}").status == 422


def test_a_list_without_titles_is_better_than_none(site: Site) -> None:
    site.post()
    site.movies.away = True
    answer = site.going_on()

    assert (answer.status, len(answer.body["items"]), answer.body["degraded"]) == (200, 1, True)
