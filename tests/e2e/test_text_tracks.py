"""Text of films on the whole system: what a film brings along, what is brought to it, and what viewers see of both."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import m3u8
import pytest
import urllib3
from playwright.sync_api import Browser, Page, expect

from benchmarks.people import cookie_for
from benchmarks.service import MarqueeService
from cli.endpoint import EndpointError, Json
from tests.captioned_films import with_text, with_tracks
from tests.e2e.viewing import play_through

pytestmark = pytest.mark.e2e

LONG_MS = 120_000
STATE = "document.querySelector('video')"
SHOWN = f"""[...{STATE}.textTracks].filter(track => track.mode === 'showing')
    .flatMap(track => [...track.cues || []].map(cue => cue.text)).join(' | ')"""
SRT = "1\n00:00:01,000 --> 00:00:03,000\nBonjour\n\n2\n00:00:02,900 --> 00:00:05,000\nà tous\n"
POOL = urllib3.PoolManager(retries=False)


@pytest.fixture(scope="module")
def job(service: MarqueeService, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """A film whose container holds English, German and French text."""
    film = tmp_path_factory.mktemp("films") / "a film with text.mkv"
    shutil.copy(with_tracks(".mkv"), film)
    return play_through(service.endpoint, film)


def tracks_of(service: MarqueeService, job: Json) -> dict[str, Json]:
    return {track["id"]: track for track in service.endpoint.get(f"/assets/{job['asset_id']}/tracks")["items"]}


def fetch(service: MarqueeService, job: Json, path: str) -> str:
    """What a viewer with a session gets."""
    cookie = cookie_for(service.endpoint, job["asset_id"])
    answer = POOL.request("GET", f"{service.endpoint.site}{path}", headers={"Cookie": cookie})
    assert answer.status == 200, path
    return answer.data.decode()


def test_text_that_a_film_brings_along_is_published_with_it(service: MarqueeService, job: Json) -> None:
    assert job["status"] == "completed"
    tracks = tracks_of(service, job)
    # Besides, somebody may have listened to the film.
    assert {"ten-subtitles", "tde-forced", "tfr-sdh"} <= tracks.keys()
    assert tracks["tde-forced"]["label"] == "Schilder"
    assert all(tracks[name]["source"] == "embedded" for name in ("ten-subtitles", "tde-forced", "tfr-sdh"))

    main = m3u8.loads(fetch(service, job, job["playback_url"]))
    media = {m.language: m for m in main.media if m.type == "SUBTITLES" and m.name != "English (automatic)"}
    assert (media["de"].forced, media["fr"].characteristics is not None) == ("YES", True)
    playlist = m3u8.loads(fetch(service, job, tracks["ten-subtitles"]["url"]))
    assert sum(segment.duration for segment in playlist.segments) == pytest.approx(6.0, abs=0.05)
    first = fetch(service, job, re.sub(r"index\.m3u8$", str(playlist.segments[0].uri), tracks["ten-subtitles"]["url"]))
    assert "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000" in first
    assert "00:00:01.000 --> 00:00:02.500\nHello &amp; welcome" in first
    manifest = fetch(service, job, job["playback_url"].replace("main.m3u8", "manifest.mpd"))
    assert manifest.count('contentType="text"') == len(tracks)


def test_players_without_cookies_get_text_too(service: MarqueeService, job: Json) -> None:
    session = service.endpoint.post("/streaming/sessions", {"asset_id": job["asset_id"]})
    address = f"{service.endpoint.site}{session['signed_playback_url']}"
    main = m3u8.loads(POOL.request("GET", address).data.decode(), uri=address)
    media = next(m for m in main.media if m.type == "SUBTITLES" and m.language == "de")
    playlist = POOL.request("GET", media.absolute_uri).data.decode()
    segment = next(line for line in playlist.splitlines() if line and not line.startswith("#"))
    answer = POOL.request("GET", f"{service.endpoint.site}{segment}")

    assert answer.status == 200
    assert "Hallo, {du}" in answer.data.decode()


def test_a_file_that_is_brought_is_mended_shown_edited_and_taken_away(service: MarqueeService, job: Json) -> None:
    path = f"/assets/{job['asset_id']}/tracks"
    brought = service.endpoint.post(path, {"text": SRT, "language": "fr"})
    assert (brought["id"], brought["notes"]) == ("tfr-subtitles", ["1 cues were cut where the next one begins."])
    assert brought["url"].rsplit("/", 2)[1] in fetch(service, job, job["playback_url"])
    assert "00:00:01.000 --> 00:00:02.900\nBonjour" in fetch(service, job, brought["vtt_url"])

    edit = {"cues": [{"start_seconds": 1, "end_seconds": 2, "text": "Salut"}]}
    edited = service.endpoint.call("PUT", f"{path}/tfr-subtitles", body=edit, headers={"if-match": '"1"'})
    assert (edited.body["version"], edited.etag) == (2, '"2"')
    with pytest.raises(EndpointError) as late:
        service.endpoint.call("PUT", f"{path}/tfr-subtitles", body=edit, headers={"if-match": '"1"'})
    assert late.value.code == "outdated"
    listed = fetch(service, job, job["playback_url"])
    assert edited.body["url"].rsplit("/", 2)[1] in listed
    assert brought["url"].rsplit("/", 2)[1] not in listed
    # Who watches the old version reads on.
    assert "Bonjour" in fetch(service, job, brought["vtt_url"])
    versions = service.endpoint.get(f"{path}/tfr-subtitles/versions")["items"]
    assert [version["version"] for version in versions] == [2, 1]

    service.endpoint.call("DELETE", f"{path}/tfr-subtitles")
    assert "tfr-subtitles" not in tracks_of(service, job)
    assert "tfr-subtitles" not in fetch(service, job, job["playback_url"])


@pytest.mark.parametrize(
    ("text", "code"), [("nothing", "unknown_subtitles"), (SRT.replace("00:00:0", "09:00:0"), "broken_cues")]
)
def test_broken_text_is_refused_and_the_film_plays_on(service: MarqueeService, job: Json, text: str, code: str) -> None:
    before = fetch(service, job, job["playback_url"])
    with pytest.raises(EndpointError) as refused:
        service.endpoint.post(f"/assets/{job['asset_id']}/tracks", {"text": text, "language": "it"})

    assert (refused.value.status, refused.value.code) == (422, code)
    assert fetch(service, job, job["playback_url"]) == before


@pytest.fixture
def page(browser: Browser, service: MarqueeService) -> Iterator[Page]:
    page = browser.new_page(base_url=service.endpoint.site)
    page.set_default_timeout(LONG_MS)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    page.close()
    assert problems == []


def until(page: Page, condition: str) -> None:
    """Wait for an expression to hold. Asked from outside: the page's own policy forbids `eval`."""
    deadline = time.monotonic() + LONG_MS / 1000
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"never became true: {condition}"
        page.wait_for_timeout(50)


def watch(page: Page, job: Json) -> None:
    page.goto(f"/#/watch/{job['asset_id']}")
    until(page, f"{STATE}?.readyState >= 2")


def test_a_viewer_chooses_subtitles_and_has_them_again_next_time(page: Page, job: Json) -> None:
    watch(page, job)
    menu = page.get_by_label("Subtitles")
    expect(menu).to_be_visible()
    # What is forced is no choice.
    assert "Schilder" not in menu.inner_text()
    menu.select_option(label="English")
    page.evaluate(f"{STATE}.muted = true")
    page.evaluate(f"{STATE}.play()")
    until(page, f"({SHOWN}).includes('Hello & welcome') || ({SHOWN}).includes('Hello &amp; welcome')")
    menu.select_option("off")
    until(page, f"({SHOWN}) === ''")
    page.locator("h1").click()
    page.keyboard.press("c")
    assert menu.input_value() != "off"

    menu.select_option(label="French (SDH)")
    page.goto("/")
    watch(page, job)
    expect(page.get_by_label("Subtitles").locator("option:checked")).to_have_text("French (SDH)")


def test_text_that_comes_while_a_film_is_watched_can_be_chosen(page: Page, job: Json, service: MarqueeService) -> None:
    watch(page, job)
    menu = page.get_by_label("Subtitles")
    expect(menu).to_be_visible()
    service.endpoint.post(f"/assets/{job['asset_id']}/tracks", {"text": SRT, "language": "es", "label": "Nuevo"})
    try:
        expect(menu.locator("option", has_text="Nuevo")).to_have_count(1, timeout=LONG_MS)
        menu.select_option(label="Nuevo")
        page.evaluate(f"{STATE}.muted = true")
        until(page, f"{STATE}.readyState >= 2")
        page.evaluate(f"{STATE}.play()")
        until(page, f"({SHOWN}).includes('Bonjour')")
    finally:
        service.endpoint.call("DELETE", f"/assets/{job['asset_id']}/tracks/tes-subtitles")


def test_text_of_another_film_is_a_warning_and_no_failure(service: MarqueeService, tmp_path: Path) -> None:
    broken = "1\n00:59:01,000 --> 00:59:02,500\nToo late\n"
    film = tmp_path / "other.mkv"
    shutil.copy(with_text(broken), film)
    job = play_through(service.endpoint, film)

    assert job["status"] == "completed"
    assert "subtitles_left_out" in {warning["code"] for warning in job["warnings"]}
