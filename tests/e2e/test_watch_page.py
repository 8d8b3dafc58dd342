"""The watch page in a real browser, on the whole system."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.service import MarqueeService
from cli.follow import wait_for_job
from cli.transfer import Uploader
from tests.e2e.viewing import play_through
from tests.films import film
from tests.spoiled_films import spoiled

pytestmark = pytest.mark.e2e

LONG_MS = 120_000
STATE = "document.querySelector('video')"


@pytest.fixture
def page(browser: Browser, service: MarqueeService) -> Page:
    page = browser.new_page(base_url=service.endpoint.site)
    page.set_default_timeout(LONG_MS)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto("/")
    yield page
    page.close()
    assert problems == []


def until(page: Page, condition: str) -> None:
    """Wait for an expression to hold. Asked from outside: the page's own policy forbids `eval`."""
    deadline = time.monotonic() + LONG_MS / 1000
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"never became true: {condition}"
        page.wait_for_timeout(50)


def time_of(page: Page) -> float:
    return float(page.evaluate(f"{STATE}.currentTime"))


def test_a_film_plays_while_it_is_encoded_then_to_its_end(page: Page, service: MarqueeService) -> None:
    source = film("hd", seconds=24.0)
    transfer = Uploader(service.endpoint).send(source, title="A growing film")
    link = page.get_by_role("link", name="A growing film")
    expect(link).to_be_visible(timeout=LONG_MS)
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("video")
    page.evaluate(f"{STATE}.muted = true")
    until(page, f"{STATE}.readyState >= 2")
    page.evaluate(f"{STATE}.play()")
    until(page, f"{STATE}.currentTime > 0.5")
    job = wait_for_job(service.endpoint, transfer.job_id)
    assert job["status"] == "completed"
    until(page, f"{STATE}.duration > 23.9 && {STATE}.duration < 24.1")
    page.evaluate(f"{STATE}.currentTime = 21")
    until(page, f"{STATE}.ended")
    assert time_of(page) == pytest.approx(24.0, abs=0.1)


def test_keys_play_seek_and_mute(page: Page, service: MarqueeService) -> None:
    job = play_through(service.endpoint, film("h264_25"))
    page.goto(f"/#/watch/{job['asset_id']}")
    until(page, f"{STATE}?.readyState >= 2")
    page.locator("h1").click()
    page.keyboard.press("m")
    assert page.evaluate(f"{STATE}.muted") is True
    page.keyboard.press(" ")
    until(page, f"!{STATE}.paused")
    page.keyboard.press("k")
    until(page, f"{STATE}.paused")
    before = time_of(page)
    page.keyboard.press("ArrowRight")
    until(page, f"{STATE}.currentTime > {before} + 0.5")


def test_pictures_of_the_film_seek_to_their_place(page: Page, service: MarqueeService) -> None:
    job = play_through(service.endpoint, film("h264_25"))
    page.goto(f"/#/watch/{job['asset_id']}")
    strip = page.get_by_role("navigation", name="Pictures from the film")
    last = strip.get_by_role("button").last
    expect(last).to_be_visible(timeout=LONG_MS)
    last.click()
    until(page, f"{STATE}.currentTime > 3")


def test_a_refused_film_says_why(page: Page, service: MarqueeService) -> None:
    Uploader(service.endpoint).send(spoiled("text"), title="A letter")
    card = page.get_by_role("listitem").filter(has_text="A letter")
    expect(card.locator(".problem")).not_to_be_empty(timeout=LONG_MS)


def test_a_film_is_uploaded_from_the_browser(page: Page, tmp_path: Path) -> None:
    own = tmp_path / "from the browser.mp4"
    own.write_bytes(film("tiny", seconds=2.0).read_bytes())
    page.set_input_files("#film", own)
    link = page.get_by_role("link", name="from the browser")
    expect(link).to_be_visible(timeout=LONG_MS)
