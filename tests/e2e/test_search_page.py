"""The catalogue on the page, with the keyboard alone, in a real browser on the whole system."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.service import MarqueeService
from tests.e2e.test_watch_page import until
from tests.e2e.viewing import play_through
from tests.films import film

pytestmark = pytest.mark.e2e

LONG_MS = 60_000


@pytest.fixture
def page(browser: Browser, service: MarqueeService) -> Iterator[Page]:
    page = browser.new_page(base_url=service.endpoint.site)
    page.set_default_timeout(LONG_MS)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto("/")
    yield page
    page.close()
    assert problems == []


def test_a_movie_is_found_in_spite_of_a_typo_and_watched(page: Page, service: MarqueeService) -> None:
    job = play_through(service.endpoint, film("h264_25"))
    made = service.endpoint.post("/movies", {"title": "The Wandering Lighthouse", "asset_id": job["asset_id"]})

    page.keyboard.press("/")
    page.keyboard.type("wanderng lighthuose")
    expect(page.get_by_role("link", name="The Wandering Lighthouse")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The Wandering Lighthouse")).to_be_visible()
    assert page.url.endswith(f"#/movie/{made['id']}")
    page.get_by_role("link", name="Watch", exact=True).press("Enter")
    page.wait_for_selector("video")


def test_what_is_tmdbs_says_so(page: Page) -> None:
    page.get_by_role("searchbox", name="Search films").fill("moon")
    expect(page.get_by_role("link", name="A Trip to the Moon")).to_be_visible()
    expect(page.locator(".credit")).to_contain_text("TMDB")


def test_filters_narrow_what_was_found_and_are_part_of_the_address(page: Page) -> None:
    page.goto("/#/search?q=moon")
    expect(page.get_by_role("link", name="A Trip to the Moon")).to_be_visible()
    page.get_by_label("Only what can be watched here").press("Space")
    expect(page.get_by_role("status")).to_have_text("Nothing found.")
    assert "available=true" in page.url
    page.go_back()
    expect(page.get_by_role("link", name="A Trip to the Moon")).to_be_visible()


def test_what_is_said_leads_to_the_player_at_its_second(page: Page, service: MarqueeService) -> None:
    asset_id = play_through(service.endpoint, film("h264_25"))["asset_id"]
    said = "WEBVTT\n\n00:01.000 --> 00:02.000\nGood evening.\n\n00:02.500 --> 00:04.000\nThe zeppelin has landed.\n"
    service.endpoint.post(f"/assets/{asset_id}/tracks", {"text": said, "language": "en"})

    page.get_by_role("searchbox", name="Search films").fill("zepelin landed")
    page.get_by_label("In what is said and seen").press("Space")
    found = page.get_by_role("link", name="The zeppelin has landed.")
    expect(found).to_be_visible()
    page.get_by_role("searchbox", name="Search films").press("ArrowDown")
    page.keyboard.press("Enter")

    assert page.url.endswith(f"#/watch/{asset_id}?t=2.5")
    until(page, "document.querySelector('video')?.currentTime >= 2.4")
    assert page.evaluate("document.querySelector('video').currentTime") < 4
