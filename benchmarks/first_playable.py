"""How long a viewer waits: from "upload completed" to three segments, and to the first picture in hls.js.

For each length of film a fresh job on one Marquee of its own; the last column is the ratio to the shortest film,
which should stay near 1: what the viewer waits for must not depend on the film's length.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable
from pathlib import Path

import urllib3
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.films import looped_film
from benchmarks.people import cookie_for
from benchmarks.service import CHROMIUM, CHROMIUM_FLAGS, MarqueeService
from cli.endpoint import Endpoint, EndpointError, Json
from cli.transfer import Uploader

LIMIT_SECONDS = 300
FIRST_PICTURE = """async (assetId) => {
  const video = document.querySelector("video");
  video.muted = true;
  await new Promise((seen) => { video.requestVideoFrameCallback(seen); void video.play().catch(() => {}); });
}"""


class CompletionClock(Endpoint):
    """An endpoint that notes when the service accepted the upload as complete."""

    completed_at = 0.0

    def post(self, path: str, body: Json | None = None, *, idempotency_key: str | None = None) -> Json:
        answer = super().post(path, body, idempotency_key=idempotency_key)
        if path.endswith("/complete"):
            self.completed_at = time.monotonic()
        return answer


def measure(service: MarqueeService, page: Page, film: Path) -> tuple[float, float]:
    """Seconds to three segments of one rendition, and to the first frame that the page shows."""
    service.come_to_rest()  # workers of a canceled job finish their shard first
    site = CompletionClock(service.endpoint.site, service.token)
    transfer = Uploader(site).send(film)
    times: dict[str, float] = {}
    watcher = threading.Thread(target=_await_segments, args=(site, transfer.asset_id, times))
    watcher.start()
    page.goto(f"{site.site}/#/watch/{transfer.asset_id}")
    page.wait_for_selector("video", timeout=LIMIT_SECONDS * 1000)
    page.evaluate(FIRST_PICTURE, transfer.asset_id)
    picture = time.monotonic() - site.completed_at
    watcher.join()
    site.post(f"/jobs/{transfer.job_id}/cancel")  # the rest of an hour is not what is measured
    page.goto("about:blank")
    return times["segments"] - site.completed_at, picture


def _await_segments(site: CompletionClock, asset_id: str, times: dict[str, float]) -> None:
    pool = urllib3.PoolManager(timeout=5.0, retries=False)
    base = f"{site.site}/media/{asset_id}/1/"

    cookie = ""

    def read(name: str) -> str:
        response = pool.request("GET", base + name, headers={"Cookie": cookie})
        return response.data.decode() if response.status == 200 else ""

    while not (cookie := cookie or _cookie(site, asset_id)) or not _three_segments(read):
        if time.monotonic() - site.completed_at > LIMIT_SECONDS:
            raise SystemExit(f"No three segments within {LIMIT_SECONDS} s.")
        time.sleep(0.05)
    times["segments"] = time.monotonic()


def _cookie(site: Endpoint, asset_id: str) -> str:
    """Empty until there is something to watch."""
    try:
        return cookie_for(site, asset_id)
    except EndpointError as error:
        if error.code != "not_playable":
            raise
        return ""


def _three_segments(read: Callable[[str], str]) -> bool:
    playlists = [line for line in read("main.m3u8").splitlines() if line and not line.startswith("#")]
    return any(read(playlist).count("#EXTINF") >= 3 for playlist in playlists)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks first_playable", description=__doc__)
    parser.add_argument("--minutes", type=float, nargs="+", default=[1, 10, 60], help="lengths of film, shortest first")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each; the median counts")
    arguments = parser.parse_args()
    console = Console()
    table = Table("film", "three segments", "first picture", "ratio to the shortest")
    first: tuple[float, float] | None = None
    with MarqueeService() as service, sync_playwright() as browsers:
        page = browsers.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS).new_page()
        for minutes in arguments.minutes:
            film = looped_film(minutes)
            with console.status(f"{minutes:g} minutes of film"):
                rounds = sorted(measure(service, page, film) for _ in range(arguments.rounds))
            segments, picture = (sorted(column)[len(rounds) // 2] for column in zip(*rounds, strict=True))
            first = first or (segments, picture)
            ratios = f"{segments / first[0]:.2f} · {picture / first[1]:.2f}"
            table.add_row(f"{minutes:g} min", f"{segments:.2f} s", f"{picture:.2f} s", ratios)
    console.print(table)


if __name__ == "__main__":
    main()
