"""Operators see a film being made, shard by shard, in a program, in the terminal and on the page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from typer.testing import CliRunner

from benchmarks.service import MarqueeService
from cli.control_plane import LOCAL, ControlPlane
from cli.follow import job_states, wait_for_job
from cli.logs import find, query_for
from cli.main import app
from cli.transfer import Uploader
from tests.e2e.test_watch_page import opened
from tests.films import film

pytestmark = pytest.mark.e2e

LONG_MS = 120_000
Json = dict[str, Any]


def begun(service: MarqueeService) -> str:
    """A film of several shards is being made; the job's id."""
    return str(Uploader(service.endpoint).send(film("tiny", seconds=70.0)).job_id)


def shards_of(service: MarqueeService, job_id: str) -> list[Json]:
    """Those of the video at this moment, by what `marquee top` tells programs; none before they are planned."""
    signed_in = {"MARQUEE_CLI_STATE": service.variables["MARQUEE_CLI_STATE"]}
    shown = CliRunner(env=signed_in).invoke(app, ["top", "--endpoint", service.endpoint.site, "--json"])
    assert shown.exit_code == 0, shown.output
    jobs = [job for job in json.loads(shown.stdout)["jobs"] if job["id"] == job_id]
    tasks = [task for job in jobs for task in job["tasks"] if task["name"] == "video"]
    return [part for task in tasks for part in task["parts"]]


@pytest.fixture(scope="module")
def long_job(service: MarqueeService) -> str:
    return begun(service)


def test_each_shard_is_seen_on_its_way_and_never_goes_back(service: MarqueeService, long_job: str) -> None:
    seen = [shards for _ in job_states(service.endpoint, long_job) if (shards := shards_of(service, long_job))]
    assert max(len(shards) for shards in seen) >= 3
    assert {part["state"] for shards in seen for part in shards} >= {"running", "done"}
    for index in range(len(seen[-1])):
        shown = [shards[index]["progress"] for shards in seen]
        assert shown == sorted(shown)


def test_whoever_asks_about_a_job_hears_every_worker_of_it(
    service: MarqueeService, long_job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARQUEE_ENDPOINT", service.endpoint.site)
    lines = find(ControlPlane(LOCAL), query_for(long_job, None, 1000), since_seconds=3600)
    measured = [json.loads(line["@message"]) for line in lines if line["message"] == "measured"]
    assert {line["runner"] for line in measured if "ShardSpeed" in line} == {"lambda", "fargate"}


def test_the_page_shows_administrators_the_shards_of_a_running_job(browser: Browser, service: MarqueeService) -> None:
    with opened(browser, service, service.token()) as page:
        page.get_by_role("link", name="Operations").click()
        expect(page.get_by_role("heading", name="Queues")).to_be_visible(timeout=LONG_MS)
        job_id = begun(service)
        expect(page.get_by_role("img", name="parts of video are done").first).to_be_visible(timeout=LONG_MS)
        expect(page.get_by_text(job_id)).to_be_visible()
        assert wait_for_job(service.endpoint, job_id)["status"] == "completed"
        expect(page.get_by_text(job_id)).to_be_hidden(timeout=LONG_MS)


def test_the_page_is_not_offered_to_viewers(browser: Browser, service: MarqueeService) -> None:
    with opened(browser, service) as page:
        expect(page.get_by_role("heading", name="Films")).to_be_visible(timeout=LONG_MS)
        expect(page.get_by_role("link", name="Operations")).to_be_hidden()
