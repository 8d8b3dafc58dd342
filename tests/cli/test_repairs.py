"""`marquee retry`, `cancel` and `api` say what the site answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from tests.cli.site import Site, job


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("MARQUEE_CLI_STATE", str(tmp_path / "state"))
    site = Site()
    monkeypatch.setenv("MARQUEE_ENDPOINT", site.url)
    yield site
    site.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments])


def test_a_job_is_run_again_and_followed_to_its_end(site: Site) -> None:
    site.jobs = [job("running", 0.5), job("completed", 1.0)]
    done = run("retry", "job_1", "--wait", "--json")
    assert (done.exit_code, json.loads(done.stdout)["status"]) == (0, "completed")


def test_a_job_that_fails_again_is_a_failure(site: Site) -> None:
    site.jobs = [job("failed", 0.5, {"code": "internal_error", "message": "No."})]
    assert run("retry", "job_1", "--wait", "--json").exit_code == 1
    assert run("retry", "job_1", "--json").exit_code == 0, "accepted"
    assert run("retry", "job_1", "--wait").stdout == "job_1: failed: No. (internal_error)\n"


def test_a_canceled_job_is_told(site: Site) -> None:
    site.jobs = [job("canceled", 0.5)]
    assert run("cancel", "job_1").stdout == "job_1: canceled\n"


def test_what_the_site_refuses_is_a_failure(site: Site) -> None:
    site.answers = [409, 409]
    for command in ("retry", "cancel"):
        refused = run(command, "job_1", "--json")
        assert (refused.exit_code, json.loads(refused.stdout)["error"]["message"]) == (1, "Not now.")


def test_any_call_of_the_api_is_made_and_its_answer_printed(site: Site) -> None:
    answer = run("api", "get", "/jobs/job_1")
    assert (answer.exit_code, json.loads(answer.stdout)["id"]) == (0, "job_1")
    assert json.loads(run("api", "POST", "/jobs/job_1/retry", "{}").stdout) == {"job_id": "job_1"}
    assert run("api", "POST", "/jobs/job_1/retry", "{").exit_code == 2
