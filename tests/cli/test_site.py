"""`--env`: commands go to the site that a deployed environment's stacks tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.control_plane import ControlPlane
from cli.main import app
from tests.cli.site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def outputs(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As `cdk deploy --outputs-file` leaves it, with what stacks tell one another."""
    file = tmp_path / "outputs.json"
    exports = {"ExportsOutputRefVpc1": "vpc-1"}
    stacks = {
        "Marquee-dev-Delivery": {"Url": site.url},
        "Marquee-dev-Network": exports,
        "Marquee-prod-Delivery": {"Url": "http://127.0.0.1:1"},
    }
    file.write_text(json.dumps(stacks))
    monkeypatch.setenv("MARQUEE_OUTPUTS", str(file))
    monkeypatch.setenv("MARQUEE_CLI_STATE", str(tmp_path / "state"))
    return file


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments])


@pytest.mark.usefixtures("outputs")
def test_a_command_goes_to_the_environment_that_is_named_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARQUEE_ENDPOINT", "http://127.0.0.1:1")  # what is said outweighs what is set
    result = run("--env", "dev", "jobs", "--json")
    assert (result.exit_code, [job["id"] for job in json.loads(result.stdout)]) == (0, ["job_1"])


@pytest.mark.usefixtures("outputs")
def test_an_environment_may_be_named_after_the_command_as_well() -> None:
    result = run("jobs", "--env", "dev", "--json")
    assert (result.exit_code, [job["id"] for job in json.loads(result.stdout)]) == (0, ["job_1"])


@pytest.mark.usefixtures("outputs")
def test_what_is_asked_for_goes_whole_into_a_pipe(site: Site) -> None:
    name = f"{'long ' * 60}[1080p] [/] of a :secret:.mp4"
    site.jobs = [{**site.jobs[0], "filename": name}]
    assert name in run("jobs", "--env", "dev").stdout
    assert site.url in run("outputs", "--env", "dev").stdout


@pytest.mark.usefixtures("outputs")
def test_an_address_and_an_environment_are_one_too_many() -> None:
    result = run("--env", "dev", "jobs", "--endpoint", "http://127.0.0.1:1")
    assert result.exit_code == 2


@pytest.mark.usefixtures("outputs")
def test_an_environment_that_is_not_deployed_is_no_site() -> None:
    result = run("--env", "staging", "jobs", "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (1, "not_deployed")


@pytest.mark.usefixtures("outputs")
def test_outputs_are_those_of_one_environment_without_what_stacks_tell_one_another(site: Site) -> None:
    result = run("outputs", "--env", "dev", "--json")
    assert json.loads(result.stdout) == {"Delivery": {"Url": site.url}, "Network": {}}


@pytest.mark.parametrize("content", ["[]", '{"Marquee-dev-Data": 3}', "no JSON", "{}"])
def test_a_file_that_holds_no_outputs_of_the_environment_is_named(content: str, outputs: Path) -> None:
    outputs.write_text(content)
    error = json.loads(run("outputs", "--env", "dev", "--json").stdout)["error"]
    assert error["code"] == "not_deployed"
    assert str(outputs) in error["message"]


def test_a_file_of_outputs_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARQUEE_OUTPUTS", str(tmp_path / "nowhere.json"))
    result = run("outputs", "--env", "dev", "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (1, "not_deployed")


def test_an_account_that_cannot_be_asked_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MARQUEE_OUTPUTS", raising=False)
    for name, value in (("AWS_REGION", "us-east-1"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:1")):
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    result = run("outputs", "--env", "dev", "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (1, "no_account")


def test_a_local_cloud_that_does_not_run_is_no_account_that_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MARQUEE_OUTPUTS", raising=False)
    monkeypatch.setenv("MARQUEE_ENDPOINT", "http://127.0.0.1:1")
    result = run("outputs", "--env", "local", "--json")
    error = json.loads(result.stdout)["error"]
    assert (result.exit_code, error["code"]) == (1, "unreachable")
    assert "No local cloud runs at http://127.0.0.1:1" in error["message"]


def test_the_local_cloud_has_the_templates_of_dev(monkeypatch: pytest.MonkeyPatch, outputs: Path) -> None:
    outputs.write_text(json.dumps({"Marquee-dev-Delivery": {"Url": "http://127.0.0.1:9000"}}))
    assert ControlPlane("local").output("Delivery", "Url") == "http://127.0.0.1:9000"


@pytest.mark.usefixtures("outputs")
def test_an_environment_may_be_named_once_for_a_shell_and_what_is_typed_goes_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MARQUEE_ENV", "dev")
    assert run("jobs", "--json").exit_code == 0
    typed = run("jobs", "--endpoint", "http://127.0.0.1:1", "--json")
    assert (typed.exit_code, json.loads(typed.stdout)["error"]["code"]) == (1, "unreachable")
