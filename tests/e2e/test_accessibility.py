"""axe-core finds nothing to complain of on any kind of page, by day and by night; the keyboard alone is enough."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.service import MarqueeService
from cli.follow import wait_for_job
from cli.transfer import Uploader
from tests.films import film

pytestmark = pytest.mark.e2e

LONG_MS = 60_000
AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
TITLE = "Seen by everybody"

Light = Literal["light", "dark"]


@pytest.fixture(scope="module")
def asset_id(service: MarqueeService) -> str:
    """A film that everything is there of: renditions, pictures, subtitles that were heard."""
    transfer = Uploader(service.endpoint).send(film("tiny", seconds=6.0), title=TITLE)
    assert wait_for_job(service.endpoint, transfer.job_id)["status"] == "completed"
    return transfer.asset_id


@contextmanager
def opened(browser: Browser, service: MarqueeService, path: str, light: Light) -> Iterator[Page]:
    """The page as the administrator sees it, who sees most; axe needs the page's policy out of its way."""
    page = browser.new_page(
        base_url=service.endpoint.site, color_scheme=light, bypass_csp=True, reduced_motion="reduce"
    )
    page.set_default_timeout(LONG_MS)
    page.add_init_script(f"localStorage.setItem('marquee.access_token', '{service.token()}')")
    page.goto(path)
    yield page
    page.close()


def complaints(page: Page) -> list[str]:
    """What axe finds, each with the first element that it is about."""
    page.add_script_tag(path=AXE)
    found = page.evaluate(f"axe.run(document, {RULES})")
    return [f"{one['id']}: {one['help']} {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


@pytest.mark.parametrize("light", ["light", "dark"])
def test_every_kind_of_page_is_without_complaint(
    browser: Browser, service: MarqueeService, asset_id: str, light: Light
) -> None:
    movie_id = service.endpoint.post("/movies", {"title": TITLE, "asset_id": asset_id})["id"]
    pages = {
        "/": ("heading", "Films"),
        f"/#/watch/{asset_id}": ("heading", TITLE),
        f"/#/movie/{movie_id}": ("heading", TITLE),
        "/#/search?q=moon": ("link", "A Trip to the Moon"),
        "/#/operations": ("heading", "Queues"),
    }
    for path, (role, name) in pages.items():
        with opened(browser, service, path, light) as page:
            expect(page.get_by_role(role, name=name).first).to_be_visible()  # type: ignore[arg-type]
            assert complaints(page) == [], path


def test_the_dialog_of_signing_in_is_without_complaint(browser: Browser, service: MarqueeService) -> None:
    page = browser.new_page(base_url=service.endpoint.site, bypass_csp=True)
    page.goto("/")
    page.get_by_role("button", name="Sign in").press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert complaints(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.close()


def test_the_keyboard_leads_to_a_film_and_its_player(browser: Browser, service: MarqueeService, asset_id: str) -> None:
    with opened(browser, service, "/", "light") as page:
        expect(page.get_by_role("link", name=TITLE).first).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the films")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#content")).to_be_focused()
        for _ in range(60):
            page.keyboard.press("Tab")
            if asset_id in str(page.evaluate("document.activeElement.getAttribute('href')")):
                break
        page.keyboard.press("Enter")
        page.wait_for_selector("video")
        expect(page.get_by_role("heading", name=TITLE)).to_be_visible()


def test_nothing_is_cut_off_on_a_narrow_screen(browser: Browser, service: MarqueeService, asset_id: str) -> None:
    # each with a heading that is not there before its content is
    for path, level in {"/": 1, f"/#/watch/{asset_id}": 1, "/#/search?q=moon": 1, "/#/operations": 2}.items():
        with opened(browser, service, path, "light") as page:
            page.set_viewport_size({"width": 320, "height": 640})
            expect(page.get_by_role("heading", level=level).first).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
