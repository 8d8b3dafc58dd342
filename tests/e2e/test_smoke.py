"""`marquee smoke` and what it stands on: an environment found by its stacks' outputs, a film played and deleted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.service import MarqueeService
from local.differences import ACCESS_KEY, SECRET_KEY

pytestmark = pytest.mark.e2e


def marquee(service: MarqueeService, *arguments: str) -> tuple[int, str]:
    """The command line with nothing but credentials of the account that the service lives in."""
    variables = {
        **service.variables,
        "AWS_ENDPOINT_URL": service.aws_url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": "us-east-1",
    }
    command = [str(Path(sys.executable).with_name("marquee")), *arguments]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=200, check=False)
    return done.returncode, done.stdout


def test_an_environment_is_found_by_its_outputs_and_proven_to_work(service: MarqueeService) -> None:
    code, said = marquee(service, "smoke", "--env", "dev", "--json")
    report = json.loads(said)
    assert (code, report["error"], report["site"]) == (0, None, service.endpoint.site)
    assert [step["name"] for step in report["steps"]] == ["health", "upload", "encode", "play", "delete"]
    left = [asset for asset in service.endpoint.get("/assets")["items"] if asset.get("title") == "Smoke test"]
    assert left == []


def test_an_environment_that_is_not_there_is_no_site(service: MarqueeService) -> None:
    code, said = marquee(service, "outputs", "--env", "prod", "--json")
    assert (code, json.loads(said)["error"]["code"]) == (1, "not_deployed")


def test_what_is_released_is_listed_and_nothing_is_older_on_a_new_cloud(service: MarqueeService) -> None:
    code, said = marquee(service, "versions", "--env", "dev", "--json")
    live = {released["name"]: released["live"] for released in json.loads(said)}
    assert code == 0
    assert {"Uploads", "Ingest", "Reconcile", "Transcode", "EnrichMachine"} <= live.keys()
    assert set(live.values()) == {1}
    assert marquee(service, "rollback", "Uploads", "--env", "dev", "--json") == (0, "[]\n")
    assert marquee(service, "rollback", "Uploads", "--to", "7", "--env", "dev")[0] == 1
