"""hls.js and dash.js in Chromium play what we publish: from start to end, after a seek, and while it grows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.encoded_films import EncodedFilm
from tests.fakes_media import BUCKET, PREFIX
from tests.media_site import media_site

SPEED = 4
SOURCES = {"hls": "main.m3u8", "dash": "manifest.mpd"}


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> EncodedFilm:
    film = EncodedFilm.prepare(tmp_path_factory.mktemp("spoken"))
    film.finish_all()
    return film


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> EncodedFilm:
    film = EncodedFilm.prepare(tmp_path_factory.mktemp("silent"), sound=False)
    film.finish_all()
    return film


@contextmanager
def opened(browser: Browser, folder: Path, player: str) -> Iterator[Page]:
    """A page whose player has loaded the film in `folder` and could show its first frame."""
    with media_site(folder, player) as site:
        page = browser.new_page()
        try:
            page.goto(f"{site}/?source=/{BUCKET}/{PREFIX}{SOURCES[player]}")
            page.wait_for_function("document.querySelector('video').readyState >= 2")
            yield page
        finally:
            page.close()


def play(page: Page) -> None:
    page.evaluate(f"() => {{ const v = document.querySelector('video'); v.playbackRate = {SPEED}; return v.play(); }}")


def play_to_end(page: Page) -> dict[str, Any]:
    """Play on until the film ends; what was seen then."""
    play(page)
    page.wait_for_function("window.seen.ended")
    state: dict[str, Any] = page.evaluate(
        """() => {
            const v = document.querySelector('video');
            const quality = v.getVideoPlaybackQuality();
            const buffered = [...Array(v.buffered.length).keys()].map(n => [v.buffered.start(n), v.buffered.end(n)]);
            return {...window.seen, time: v.currentTime, duration: v.duration, buffered, width: v.videoWidth,
                    frames: quality.totalVideoFrames, corrupted: quality.corruptedVideoFrames};
        }"""
    )
    return state


@pytest.mark.e2e
@pytest.mark.parametrize("player", ["hls", "dash"])
def test_a_film_plays_from_start_to_end(browser: Browser, spoken: EncodedFilm, player: str) -> None:
    with opened(browser, spoken.objects.root, player) as page:
        state = play_to_end(page)

    assert state["errors"] == []
    assert state["levels"] == 2
    assert state["duration"] == pytest.approx(10, abs=0.05)
    assert state["time"] == pytest.approx(10, abs=0.05)
    # One range without a hole: segments join, in picture and sound.
    assert len(state["buffered"]) == 1
    assert state["buffered"][0] == pytest.approx([0, 10], abs=0.05)
    assert state["frames"] > 0
    assert state["corrupted"] == 0


@pytest.mark.e2e
@pytest.mark.parametrize("player", ["hls", "dash"])
def test_a_film_without_sound_plays(browser: Browser, silent: EncodedFilm, player: str) -> None:
    with opened(browser, silent.objects.root, player) as page:
        state = play_to_end(page)

    assert state["errors"] == []
    assert state["time"] == pytest.approx(10, abs=0.05)


@pytest.mark.e2e
@pytest.mark.parametrize("player", ["hls", "dash"])
def test_a_viewer_jumps_forth_and_back(browser: Browser, spoken: EncodedFilm, player: str) -> None:
    with opened(browser, spoken.objects.root, player) as page:
        for second in (7.3, 1.1, 9.0):
            page.evaluate(
                """second => new Promise(done => {
                    const v = document.querySelector('video');
                    v.addEventListener('seeked', done, {once: true});
                    v.currentTime = second;
                })""",
                second,
            )
            page.wait_for_function("document.querySelector('video').readyState >= 2")
            assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(second, abs=0.05)
        state = play_to_end(page)

    assert state["errors"] == []
    assert state["time"] == pytest.approx(10, abs=0.05)


@pytest.mark.e2e
def test_a_viewer_starts_at_the_beginning_of_a_growing_film_and_sees_its_end(browser: Browser, tmp_path: Path) -> None:
    film = EncodedFilm.prepare(tmp_path)
    film.finish("audio", 0)
    assert film.finish("video", 0)

    with opened(browser, film.objects.root, "hls") as page:
        assert page.evaluate("document.querySelector('video').currentTime") < 0.1
        play(page)
        for shard in film.plan.shards[1:]:
            film.finish("video", shard.index)
        film.package()
        state = play_to_end(page)

    assert [error for error in state["errors"] if "bufferStalledError" not in error] == []
    assert state["time"] == pytest.approx(10, abs=0.05)
