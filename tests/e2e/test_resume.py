"""A viewer goes on where he stopped, in a real browser, on the whole system."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from benchmarks.people import new_token
from benchmarks.service import MarqueeService
from cli.follow import wait_for_job
from cli.transfer import Uploader
from tests.films import film

pytestmark = pytest.mark.e2e

LONG_MS = 120_000
VIDEO = "document.querySelector('video')"
STOP_AT_SECONDS = 12


def until(page: Page, condition: str) -> None:
    """Wait for an expression to hold. Asked from outside: the page's own policy forbids `eval`."""
    deadline = time.monotonic() + LONG_MS / 1000
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"never became true: {condition}"
        page.wait_for_timeout(50)


def is_progress(response: Response) -> bool:
    return "/streaming/progress/" in response.url and response.request.method == "POST"


def test_a_film_is_offered_and_goes_on_where_it_was_stopped(service: MarqueeService, browser: Browser) -> None:
    transfer = Uploader(service.endpoint).send(film("tiny", seconds=24.0), title="Seen by half")
    assert wait_for_job(service.endpoint, transfer.job_id)["status"] == "completed"
    page = browser.new_page(base_url=service.endpoint.site)
    page.set_default_timeout(LONG_MS)
    page.goto("/")
    page.evaluate("token => localStorage.setItem('marquee.access_token', token)", new_token(service))

    page.goto(f"/#/watch/{transfer.asset_id}")
    page.wait_for_selector("video")
    page.evaluate(f"{VIDEO}.muted = true")
    until(page, f"{VIDEO}.readyState >= 2")
    page.evaluate(f"{VIDEO}.play()")
    until(page, f"{VIDEO}.currentTime > 0.3")
    with page.expect_response(is_progress) as told:
        page.evaluate(f"{VIDEO}.currentTime = {STOP_AT_SECONDS}")
    assert told.value.status == 202
    page.get_by_role("link", name="All films").click()

    row = page.get_by_role("region", name="Continue watching")
    row.get_by_role("link", name="Seen by half").click()
    until(page, f"{VIDEO}?.currentTime >= {STOP_AT_SECONDS}")
    expect(page.locator("h1")).to_have_text("Seen by half")
    page.close()


def test_who_is_not_signed_in_is_asked_for_nothing(service: MarqueeService, browser: Browser) -> None:
    page = browser.new_page(base_url=service.endpoint.site)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    expect(page.get_by_role("heading", name="Films")).to_be_visible(timeout=LONG_MS)
    page.close()

    assert not [url for url in asked if "continue-watching" in url or "/progress/" in url]
