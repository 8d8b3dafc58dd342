"""hls.js and dash.js in Chromium show our text tracks, at the time they are meant for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from marquee.domain.assets import Asset
from marquee.domain.text_tracks import Cue
from marquee.services.attach_track import AttachTrack, NewTrack
from playwright.sync_api import Browser, Page

from tests.encoded_films import EncodedFilm
from tests.fakes_assets import MemoryAssets
from tests.fakes_media import BUCKET, PREFIX
from tests.media_site import media_site

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SOURCES = {"hls": "main.m3u8", "dash": "manifest.mpd"}
ENGLISH = (
    Cue(start_seconds=1.0, end_seconds=2.5, text="Hello & <welcome>"),
    Cue(start_seconds=5.5, end_seconds=6.5, text="over the\nboundary"),
    Cue(start_seconds=8.0, end_seconds=9.25, text="late"),
)
GERMAN = (Cue(start_seconds=1.0, end_seconds=2.0, text="Hallo"),)
CHOOSE = {
    "hls": """async language => {
        const tracks = window.player.subtitleTracks;
        window.player.subtitleTrack = tracks.findIndex(track => track.lang === language);
        window.player.subtitleDisplay = true;
        return tracks.map(track => [track.lang, track.name]);
    }""",
    "dash": """async language => {
        const tracks = window.player.getTracksFor('text');
        window.player.enableText(true);
        window.player.setTextTrack(tracks.findIndex(track => track.lang === language));
        return tracks.map(track => [track.lang, track.labels[0].text]);
    }""",
}
CUES = """language => [...document.querySelector('video').textTracks]
    .filter(track => track.mode === 'showing' && track.language === language)
    .flatMap(track => [...track.cues || []].map(cue => [cue.startTime, cue.endTime, cue.text]))
    .sort((a, b) => a[0] - b[0])"""
# What can be read at which moment of the film, until it ends.
WATCH = """() => {
    const video = document.querySelector('video');
    window.read = [];
    setInterval(() => {
        for (const track of video.textTracks)
            if (track.mode === 'showing')
                for (const cue of track.activeCues || [])
                    window.read.push([cue.getCueAsHTML().textContent, video.currentTime]);
    }, 20);
    video.playbackRate = 2;
}"""
# An active cue is looked up a little later than the time goes on.
LATE_SECONDS = 0.5


@pytest.fixture(scope="module")
def captioned(tmp_path_factory: pytest.TempPathFactory) -> EncodedFilm:
    film = EncodedFilm.prepare(tmp_path_factory.mktemp("captioned"))
    film.finish_all()
    assets = MemoryAssets()
    asset = Asset(
        id="asset-1",
        title="A film",
        filename="f.mp4",
        job_id="job-1",
        upload_id="u",
        duration_seconds=10.0,
        created_at=NOW,
        updated_at=NOW,
    )
    assets.add(asset)
    attach = AttachTrack(assets, film.objects, BUCKET, clock=lambda: NOW)
    attach("asset-1", 1, NewTrack(language="en", kind="captions", source="sidecar", sdh=True), ENGLISH)
    attach("asset-1", 1, NewTrack(language="de", kind="subtitles", source="sidecar"), GERMAN)
    return film


@contextmanager
def opened(browser: Browser, film: EncodedFilm, player: str) -> Iterator[Page]:
    with media_site(film.objects.root, player) as site:
        page = browser.new_page()
        try:
            page.goto(f"{site}/?source=/{BUCKET}/{PREFIX}{SOURCES[player]}")
            page.wait_for_function("document.querySelector('video').readyState >= 2")
            yield page
        finally:
            page.close()


def choose(page: Page, player: str, language: str) -> list[list[str]]:
    """Choose a track as a viewer would; all that are offered, as language and name."""
    page.wait_for_function(
        "() => (window.Hls ? window.player.subtitleTracks : window.player.getTracksFor('text')).length === 2"
    )
    offered: list[list[str]] = page.evaluate(CHOOSE[player], language)
    return offered


def read_to_end(page: Page, language: str) -> dict[str, list[float]]:
    """Play the film from its start; every text that could be read, with the moments at which it could."""
    # Players load text while they play.
    page.evaluate("document.querySelector('video').play()")
    page.wait_for_function(f"() => ({CUES})('{language}').length > 0")
    seek(page, 0.0)
    page.evaluate(WATCH)
    # Where the text came only at the film's end, it has stopped.
    page.evaluate("document.querySelector('video').play()")
    # Asked of the element: on slow networks the event of a second end was seen to be missing.
    page.wait_for_function("document.querySelector('video').ended")
    read: dict[str, list[float]] = {}
    for text, moment in page.evaluate("window.read"):
        read.setdefault(text, []).append(moment)
    return read


def seek(page: Page, second: float) -> None:
    page.evaluate(
        """second => new Promise(done => {
            const v = document.querySelector('video');
            v.addEventListener('seeked', done, {once: true});
            v.currentTime = second;
        })""",
        second,
    )


@pytest.mark.e2e
@pytest.mark.parametrize("player", ["hls", "dash"])
def test_a_viewer_chooses_a_language_and_reads_every_text_at_its_time(
    browser: Browser, captioned: EncodedFilm, player: str
) -> None:
    with opened(browser, captioned, player) as page:
        offered = choose(page, player, "en")
        read = read_to_end(page, "en")
        cues: list[Any] = page.evaluate(CUES, "en")
        errors = page.evaluate("window.seen.errors")

    assert sorted(offered) == [["de", "German"], ["en", "English (SDH)"]]
    # Letters that mean something in markup are letters.
    assert list(read) == [cue.text for cue in ENGLISH]
    for cue in ENGLISH:
        assert min(read[cue.text]) >= cue.start_seconds - 0.01
        assert max(read[cue.text]) <= cue.end_seconds + LATE_SECONDS
    exact = {(cue.start_seconds, cue.end_seconds) for cue in ENGLISH}
    # Players forget what is long past.
    assert cues
    assert {(round(start, 3), round(end, 3)) for start, end, _ in cues} <= exact
    assert errors == []


@pytest.mark.e2e
@pytest.mark.parametrize("player", ["hls", "dash"])
def test_a_viewer_changes_the_language(browser: Browser, captioned: EncodedFilm, player: str) -> None:
    with opened(browser, captioned, player) as page:
        choose(page, player, "en")
        page.evaluate("document.querySelector('video').play()")
        page.wait_for_function(f"() => ({CUES})('en').length > 0")
        choose(page, player, "de")
        assert list(read_to_end(page, "de")) == ["Hallo"]


@pytest.mark.e2e
def test_a_film_whose_text_has_gone_plays_all_the_same(browser: Browser, captioned: EncodedFilm) -> None:
    folder = captioned.path("main.m3u8").parent
    gone = [path for path in folder.glob("tde-subtitles.*/*") if path.is_file()]
    kept = {path: path.read_bytes() for path in gone}
    for path in gone:
        path.unlink()
    try:
        with opened(browser, captioned, "hls") as page:
            choose(page, "hls", "de")
            page.evaluate("() => { const v = document.querySelector('video'); v.playbackRate = 4; return v.play(); }")
            page.wait_for_function("window.seen.ended")
            assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(10, abs=0.05)
    finally:
        for path, body in kept.items():
            path.write_bytes(body)
