"""`assets` through its real entry, over stores in memory."""

from collections.abc import Iterator

import pytest
from assets.handler import lambda_handler
from assets.wiring import wiring
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.errors import TransientError
from marquee.domain.events import Event
from marquee.services.finish_job import FinishJob

from tests.fakes_events import MemoryEvents
from tests.platform import MEDIA, UPLOADS, Platform

BASE = "/api/v1/assets"


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    platform.caller = "admin"
    with platform.within(wiring):
        yield


def finished(platform: Platform) -> str:
    job = platform.running()
    platform.packaged(job)
    FinishJob(platform.jobs, platform.assets, platform.objects, platform.events)(job.execution())
    return job.asset_id


def test_an_asset_whose_source_has_not_come_is_not_listed(platform: Platform) -> None:
    platform.uploaded()
    running = platform.running()

    page = platform.call(lambda_handler, "GET", BASE).body

    assert [item["id"] for item in page["items"]] == [running.asset_id]
    assert page["items"][0]["status"] == "processing"


def test_a_finished_asset_says_where_everything_is(platform: Platform) -> None:
    asset_id = finished(platform)
    asset = platform.call(lambda_handler, "GET", f"{BASE}/{asset_id}").body

    root = f"/media/{asset_id}/1/"
    assert (asset["status"], asset["playable"], asset["current_version"]) == ("ready", True, 1)
    assert asset["playback_url"] == f"{root}main.m3u8"
    assert asset["dash_url"] == f"{root}manifest.mpd"
    assert asset["poster_url"] == f"{root}images/poster.jpg"
    assert asset["storyboard"] == {
        "vtt_url": f"{root}images/storyboard.vtt",
        "interval_seconds": 2.0,
        "tile_count": 5,
    }
    assert [r["name"] for r in asset["renditions"]] == ["v360"]
    assert (asset["width"], asset["height"], asset["duration_seconds"]) == (640, 360, 10.0)


def test_viewers_are_not_told_what_the_file_was_called(platform: Platform) -> None:
    asset_id = finished(platform)
    platform.caller = None
    page = platform.call(lambda_handler, "GET", BASE).body["items"]

    for asset in (*page, platform.call(lambda_handler, "GET", f"{BASE}/{asset_id}").body):
        assert asset["title"] == "film"
        assert "film.mp4" not in str(asset)
        assert not {"filename", "upload_id"} & asset.keys()


def test_a_growing_asset_can_be_watched_but_has_no_current_version(platform: Platform) -> None:
    job = platform.running()
    platform.assets.mark_playable(job.asset_id, 1, utc_now())
    asset = platform.call(lambda_handler, "GET", f"{BASE}/{job.asset_id}").body

    assert (asset["status"], asset["playable"], asset["current_version"]) == ("playable", True, None)
    assert asset["playback_url"] == f"/media/{job.asset_id}/1/main.m3u8"
    assert (asset["dash_url"], asset["poster_url"], asset["storyboard"]) == (None, None, None)


def test_deleting_removes_media_source_work_and_documents(platform: Platform) -> None:
    asset_id = finished(platform)
    answers = [platform.call(lambda_handler, "DELETE", f"{BASE}/{asset_id}").status for _ in range(2)]

    assert answers == [204, 404]
    assert not list(platform.objects.list(MEDIA, ""))
    assert not list(platform.objects.list(UPLOADS, keys.source_key("")[:7]))
    assert not platform.jobs.kept
    assert not platform.uploads.kept


def test_an_asset_in_work_is_not_deleted(platform: Platform) -> None:
    job = platform.running()
    answer = platform.call(lambda_handler, "DELETE", f"{BASE}/{job.asset_id}")

    assert (answer.status, answer.body["code"]) == (409, "asset_in_use")
    assert job.asset_id in platform.assets.kept


def test_who_may_watch_can_be_changed_and_left_to_the_environment_again(platform: Platform) -> None:
    asset_id = finished(platform)
    for visibility in ("premium", None):
        answer = platform.call(lambda_handler, "PATCH", f"{BASE}/{asset_id}", {"visibility": visibility})
        assert (answer.status, answer.body["visibility"]) == (200, visibility)
        assert platform.assets.kept[asset_id].visibility == visibility


@pytest.mark.parametrize("body", [{}, {"visibility": "friends"}])
def test_a_change_names_who_may_watch(platform: Platform, body: dict[str, str]) -> None:
    assert platform.call(lambda_handler, "PATCH", f"{BASE}/{finished(platform)}", body).status == 422


def test_an_unknown_asset_is_a_404(platform: Platform) -> None:
    assert platform.call(lambda_handler, "PATCH", f"{BASE}/ast_none", {"visibility": None}).status == 404
    assert platform.call(lambda_handler, "GET", f"{BASE}/ast_none").status == 404


def test_a_deletion_is_intended_before_and_said_after_the_asset_is_gone(platform: Platform) -> None:
    job = platform.running()
    platform.jobs.cancel(job.id, utc_now())
    platform.call(lambda_handler, "DELETE", f"{BASE}/{job.asset_id}")

    (intended,) = platform.events.intended
    assert platform.events.said[-1] == intended
    assert (intended.type, intended.data.model_dump()) == ("asset.deleted", {"asset_id": job.asset_id})


def test_an_asset_stays_while_its_deletion_cannot_be_said(platform: Platform) -> None:
    class Away(MemoryEvents):
        def intend(self, event: Event) -> None:
            raise TransientError("The database cannot be reached.")

    job = platform.running()
    platform.jobs.cancel(job.id, utc_now())
    with platform.within(wiring, events=Away()):
        answer = platform.call(lambda_handler, "DELETE", f"{BASE}/{job.asset_id}")

    assert answer.status == 503
    assert job.asset_id in platform.assets.kept
