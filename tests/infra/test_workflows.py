"""What GitHub runs: with rights for one environment, only what exists here, and nothing unproven."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from cli.main import app

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NAMES = [path.stem for path in WORKFLOWS]


def read(name: str) -> dict[str, Any]:
    # YAML 1.1 takes the key `on` for a truth
    return dict(yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text()))


def steps(workflow: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job.get("steps", ())


def position(name: str, words: str) -> int:
    """Of the step that runs or uses these words."""
    return next(n for n, step in enumerate(steps(read(name))) if words in step.get("run", step.get("uses", "")))


@pytest.mark.parametrize("name", NAMES)
def test_every_job_ends_by_itself_and_has_no_rights_but_those_it_names(name: str) -> None:
    workflow = read(name)
    assert "contents" in workflow["permissions"]
    for job in workflow["jobs"].values():
        assert "uses" in job or job["timeout-minutes"] <= 100


@pytest.mark.parametrize("name", NAMES)
def test_what_is_run_exists(name: str) -> None:
    text = "\n".join(step.get("run", "") for step in steps(read(name)))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)) <= targets
    commands: Mapping[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    called = re.findall(r"marquee (?:--env \S+ )?([a-z]+)((?: [^\n|]*)?)", text)
    for command, arguments in called:
        known = {option for parameter in commands[command].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", arguments)) <= known, command


@pytest.mark.parametrize("name", NAMES)
def test_others_actions_are_taken_by_their_commit(name: str) -> None:
    workflow = read(name)
    for place in [*steps(workflow), *workflow["jobs"].values()]:
        used = place.get("uses", "./")
        assert used.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used), used


@pytest.mark.parametrize("name", NAMES)
def test_what_fails_before_a_pipe_fails_the_step(name: str) -> None:
    """GitHub gives `pipefail` to a shell that is named alone."""
    workflow = read(name)
    named = workflow.get("defaults", {}).get("run", {}).get("shell") == "bash"
    for step in steps(workflow):
        piped = re.findall(r"^(?!printf ).* \| ", step.get("run", ""), re.MULTILINE)
        assert named or not piped, piped


def test_a_release_is_a_tag() -> None:
    place = position("deploy-one", "actions/checkout")
    assert list(steps(read("deploy-one")))[place]["with"]["ref"] == "refs/tags/${{ inputs.release }}"


def test_a_release_is_proven_after_it_is_deployed_and_taken_back_when_it_fails() -> None:
    places = [position("deploy-one", words) for words in ("make deploy", "marquee smoke", "marquee rollback")]
    assert places == sorted(places)
    assert "failure()" in list(steps(read("deploy-one")))[places[2]]["if"]


def test_rights_come_from_the_environment_whose_rules_say_who_must_agree() -> None:
    (job,) = read("deploy-one")["jobs"].values()
    assert job["environment"] == "${{ inputs.environment }}"
    assert read("deploy-one")["permissions"]["id-token"] == "write"
    for name in NAMES:
        assert "AWS_SECRET_ACCESS_KEY" not in (ROOT / ".github" / "workflows" / f"{name}.yml").read_text()


def test_prod_follows_staging_and_staging_dev_and_dev_the_tests() -> None:
    jobs = read("deploy")["jobs"]
    order = ["test", "dev", "staging", "prod"]
    assert [jobs[name]["needs"] for name in [*order[1:], "release"]] == order
    assert jobs["test"]["uses"] == "./.github/workflows/ci.yml"
    for before, name in pairwise(order):
        assert f"needs.{before}.result == 'success' && github.event_name == 'push'" in jobs[name]["if"]


def test_what_a_person_types_reaches_no_shell_as_code() -> None:
    for name in NAMES:
        for step in steps(read(name)):
            assert "${{" not in step.get("run", ""), "give it as a variable of the environment"


def test_a_pull_request_is_compared_with_a_role_that_changes_nothing() -> None:
    uses = next(step for step in steps(read("diff")) if "configure-aws" in step.get("uses", ""))
    assert uses["with"]["role-to-assume"] == "${{ vars.COMPARE_ROLE_ARN }}"
    shown = subprocess.run(["make", "-n", "diff"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert "cdk diff 'Marquee-dev/*'" in shown.stdout
