"""The watch page in a real browser, on the whole system."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def opened(browser: Browser, service: MarqueeService, token: str | None = None) -> Iterator[Page]:
    """The page as somebody has it who was given `token` when he signed in."""
    page = browser.new_page(base_url=service.endpoint.site)
    page.set_default_timeout(LONG_MS)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    if token is not None:
        page.add_init_script(f"localStorage.setItem('marquee.access_token', '{token}')")
    page.goto("/")
    yield page
    page.close()
    assert problems == []


@pytest.fixture
def page(browser: Browser, service: MarqueeService) -> Iterator[Page]:
    """Nobody's."""
    with opened(browser, service) as page:
        yield page


@pytest.fixture
def admins_page(browser: Browser, service: MarqueeService) -> Iterator[Page]:
    with opened(browser, service, service.token()) as page:
        yield page


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


def test_a_refused_film_says_why_to_administrators(admins_page: Page, page: Page, service: MarqueeService) -> None:
    Uploader(service.endpoint).send(spoiled("text"), title="A letter")
    card = admins_page.get_by_role("listitem").filter(has_text="A letter")
    expect(card.locator(".problem")).not_to_be_empty(timeout=LONG_MS)
    expect(page.get_by_role("heading", name="Films")).to_be_visible()
    assert page.get_by_text("A letter").count() == 0


def test_an_administrator_uploads_a_film_in_the_browser_and_sees_its_tasks(admins_page: Page, tmp_path: Path) -> None:
    own = tmp_path / "from the browser.mp4"
    own.write_bytes(film("tiny", seconds=60.0).read_bytes())
    expect(admins_page.get_by_text("Upload a film")).to_be_visible()
    admins_page.set_input_files("#film", own)
    card = admins_page.get_by_role("listitem").filter(has_text="from the browser")
    expect(card.get_by_role("progressbar", name="The whole job")).to_be_visible(timeout=LONG_MS)
    expect(card.get_by_role("link")).to_be_visible(timeout=LONG_MS)
    # Lists show posters to who has no session.
    poster = card.get_by_role("link").locator("img")
    expect(poster).to_have_count(1, timeout=LONG_MS)
    until(admins_page, "document.querySelector('.film a img').naturalWidth > 0")


def test_who_is_no_administrator_sees_nothing_to_upload_with(page: Page) -> None:
    expect(page.get_by_text("Sign in as an administrator")).to_be_visible()
    expect(page.get_by_text("Upload a film")).to_be_hidden()


def test_a_film_goes_on_when_its_session_has_ended_meanwhile(page: Page, service: MarqueeService) -> None:
    """As after a night with the lid closed: the cookies are gone, and the player is refused."""
    job = play_through(service.endpoint, film("tiny", seconds=70.0))
    refused: list[str] = []
    page.on("response", lambda response: refused.append(response.url) if response.status == 403 else None)
    page.goto(f"/#/watch/{job['asset_id']}")
    until(page, f"{STATE}?.readyState >= 2")
    assert refused == []
    page.context.clear_cookies()
    page.evaluate(f"{STATE}.currentTime = 66")
    until(page, f"{STATE}.currentTime >= 66 && {STATE}.readyState >= 2")
    assert refused
    expect(page.get_by_role("alert")).to_be_empty()
