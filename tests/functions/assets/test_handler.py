"""`assets` through its real entry, over stores in memory."""

from collections.abc import Iterator

import pytest
from assets.handler import lambda_handler
from assets.wiring import wiring
from marquee.domain import keys
from marquee.domain.analysis import Analysis, AnalysisPointer, Chapter, Moderation, Span
from marquee.domain.clock import utc_now
from marquee.domain.errors import TransientError
from marquee.domain.events import Event
from marquee.services.finish_job import FinishJob
from marquee.services.release_asset import ReleaseAsset

from tests.enriching import encoded, heard
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
        "json_url": None,
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


def test_a_ready_film_is_deleted_while_it_is_enriched(platform: Platform) -> None:
    job = platform.running()
    platform.packaged(job)
    ReleaseAsset(platform.jobs, platform.assets, platform.objects, platform.events)(job.execution())
    answer = platform.call(lambda_handler, "DELETE", f"{BASE}/{job.asset_id}")

    assert answer.status == 204
    assert platform.executions.status(job.execution_name) == "ABORTED"
    assert not platform.jobs.kept
    assert not list(platform.objects.list(MEDIA, ""))


def test_a_film_is_deleted_while_one_of_its_tasks_runs_again(platform: Platform) -> None:
    asset_id = finished(platform)
    (job,) = platform.jobs.kept.values()
    again = platform.jobs.begin_task_again(job, "captions", utc_now())
    assert again is not None
    platform.enrich_executions.start(again.task_execution("captions"))

    assert platform.call(lambda_handler, "DELETE", f"{BASE}/{asset_id}").status == 204
    assert platform.enrich_executions.status(again.task_execution("captions").name) == "ABORTED"


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


def analyzed(platform: Platform) -> str:
    """A finished asset whose film was looked at."""
    asset_id = finished(platform)
    chapter = Chapter(source="title_card", confidence=0.6, start_seconds=0, end_seconds=10, title="The Sea")
    analysis = Analysis(
        provider="local",
        duration_seconds=10,
        shots=(Span(source="ffmpeg.scdet", confidence=0.9, start_seconds=0, end_seconds=10),),
        moderation=Moderation(source="local", confidence=0, state="not_examined"),
        chapters=(chapter,),
        missing={"loudness": "The sound could not be listened to."},
    )
    key = keys.analysis_key(asset_id, 1)
    platform.objects.put(MEDIA, key, analysis.model_dump_json().encode(), content_type="application/json")
    pointer = AnalysisPointer(asset_version=1, key=key, schema_version=1, provider="local")
    platform.assets.note_analysis(asset_id, pointer, (chapter,), utc_now())
    return asset_id


def test_an_analysis_is_shown_with_sources_and_what_is_missing(platform: Platform) -> None:
    asset_id = analyzed(platform)
    found = platform.call(lambda_handler, "GET", f"{BASE}/{asset_id}/analysis").body

    assert (found["asset_id"], found["asset_version"], found["provider"]) == (asset_id, 1, "local")
    assert found["shots"] == [{"source": "ffmpeg.scdet", "confidence": 0.9, "start_seconds": 0.0, "end_seconds": 10.0}]
    assert found["chapters"][0]["title"] == "The Sea"
    assert found["moderation"]["state"] == "not_examined"
    assert found["missing"] == {"loudness": "The sound could not be listened to."}


def test_a_film_that_was_not_analyzed_says_so(platform: Platform) -> None:
    answer = platform.call(lambda_handler, "GET", f"{BASE}/{finished(platform)}/analysis")
    assert (answer.status, answer.body["code"]) == (404, "not_analyzed")
    assert platform.call(lambda_handler, "GET", f"{BASE}/ast_none/analysis").body["code"] == "not_found"


def test_an_analysis_that_is_gone_from_storage_is_none(platform: Platform) -> None:
    asset_id = analyzed(platform)
    platform.objects.delete(MEDIA, keys.analysis_key(asset_id, 1))
    assert platform.call(lambda_handler, "GET", f"{BASE}/{asset_id}/analysis").body["code"] == "not_analyzed"


def held(platform: Platform) -> str:
    """An asset whose version waits for a decision, its job completed."""
    job = encoded(platform, "flagged")
    heard(platform, job)
    FinishJob(platform.jobs, platform.assets, platform.objects, platform.events, "hold")(job.execution())
    return job.asset_id


def test_a_film_under_review_shows_nobody_where_it_is(platform: Platform) -> None:
    asset = platform.call(lambda_handler, "GET", f"{BASE}/{held(platform)}").body
    assert (asset["moderation"], asset["playable"]) == ({"state": "held"}, False)
    assert {asset[name] for name in ("playback_url", "dash_url", "poster_url")} == {None}


def test_an_administrator_releases_a_film_and_it_is_ready(platform: Platform) -> None:
    asset_id = held(platform)
    answer = platform.call(lambda_handler, "PATCH", f"{BASE}/{asset_id}", {"moderation": "released"})
    assert (answer.status, answer.body["playable"], answer.body["moderation"]) == (200, True, {"state": "released"})
    assert [event.type for event in platform.events.said if event.type == "asset.ready"] == ["asset.ready"]
    said = platform.assets.kept[asset_id].moderation
    assert said is not None
    assert (said.decided_by, said.verdict, said.reasons) == ("user-1", "flagged", ("Violence",))
    (job,) = platform.jobs.of_asset(asset_id)
    assert job.playable


def test_an_administrator_blocks_what_was_released(platform: Platform) -> None:
    asset_id = finished(platform)
    body = {"moderation": "blocked", "visibility": "premium"}
    answer = platform.call(lambda_handler, "PATCH", f"{BASE}/{asset_id}", body)
    assert (answer.body["moderation"], answer.body["playable"]) == ({"state": "blocked"}, False)
    assert answer.body["visibility"] == "premium"


def test_there_is_nothing_to_decide_of_a_film_that_is_not_there_yet(platform: Platform) -> None:
    job = platform.running()
    answer = platform.call(lambda_handler, "PATCH", f"{BASE}/{job.asset_id}", {"moderation": "released"})
    assert (answer.status, answer.body["code"]) == (409, "not_playable")
