"""One Marquee for the end-to-end tests, as `marquee up` runs it, and one browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from benchmarks.service import CHROMIUM, CHROMIUM_FLAGS, MarqueeService


@pytest.fixture(scope="session")
def service() -> Iterator[MarqueeService]:
    with MarqueeService() as service:
        yield service


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with its module: as long as it is open its loop runs in this thread, and no other can."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
