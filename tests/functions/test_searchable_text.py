"""Whoever changes a film's text changes what is searched of it: through the functions' real entries."""

from __future__ import annotations

from collections.abc import Iterator

import assets.handler
import assets.wiring
import finish.handler
import finish.wiring
import pytest
import tracks.handler
import tracks.wiring
from marquee.domain import keys
from marquee.domain.pipeline import Execution

from tests.platform import CONTEXT, MEDIA, Platform
from tests.searched_films import Films

VTT = "WEBVTT\n\n00:01.000 --> 00:02.500\nHello there.\n"


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    platform.caller = "admin"
    with (
        platform.within(tracks.wiring.wiring),
        platform.within(assets.wiring.wiring),
        platform.within(finish.wiring.wiring),
    ):
        yield


def said(platform: Platform) -> list[str]:
    return [passage.text for passage in platform.spoken.passages.values()]


def call(platform: Platform, method: str, path: str, body: object = None) -> None:
    answer = platform.call(tracks.handler.lambda_handler, method, f"/api/v1/assets/{path}", body)
    assert answer.status < 300, answer.body


def test_a_track_is_found_from_its_coming_to_its_going(platform: Platform) -> None:
    films = Films(platform.assets, platform.objects, platform.spoken)
    asset_id = films.film().id

    call(platform, "POST", f"{asset_id}/tracks", {"text": VTT, "language": "en"})
    assert said(platform) == ["Hello there."]
    track = f"{asset_id}/tracks/ten-subtitles"
    call(platform, "PUT", track, {"cues": [{"start_seconds": 0, "end_seconds": 2, "text": "Good evening."}]})
    assert said(platform) == ["Good evening."]
    call(platform, "DELETE", track)
    assert said(platform) == []


def test_a_track_is_brought_though_the_search_is_away(platform: Platform) -> None:
    films = Films(platform.assets, platform.objects, platform.spoken)
    asset_id = films.film().id
    platform.spoken.away = True

    call(platform, "POST", f"{asset_id}/tracks", {"text": VTT, "language": "en"})
    assert [track.id for track in films.known(asset_id).tracks_of(1)] == ["ten-subtitles"]


def test_what_an_asset_said_goes_with_it(platform: Platform) -> None:
    films = Films(platform.assets, platform.objects, platform.spoken)
    asset_id = films.film("Hello there.").id
    films.analyze(asset_id, seen=["TITLE"], about=["greetings"])

    answer = platform.call(assets.handler.lambda_handler, "DELETE", f"/api/v1/assets/{asset_id}")
    assert (answer.status, platform.spoken.passages, platform.spoken.topics) == (204, {}, {})


def test_a_finished_job_s_film_is_searched_by_what_stands_in_its_pictures(platform: Platform) -> None:
    job = platform.running()
    platform.packaged(job)
    films = Films(platform.assets, platform.objects, platform.spoken)
    films.analyze(job.asset_id, seen=["THE SILVER WHALE"])
    found = platform.objects.get(MEDIA, keys.analysis_key(job.asset_id, 1))
    assert found is not None
    platform.objects.put(MEDIA, keys.analysis_work_key(job.id), found.body, content_type="application/json")
    platform.spoken.forget(job.asset_id)

    assert job.source is not None
    execution = Execution(
        job_id=job.id, asset_id=job.asset_id, version=1, attempt=1, media_bucket=MEDIA, source=job.source
    )
    finish.handler.lambda_handler(execution.model_dump(mode="json"), CONTEXT)
    assert said(platform) == ["THE SILVER WHALE"]
