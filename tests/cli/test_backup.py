"""`marquee backup` and `restore` are of the local cloud that is meant, and of no other database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_whoever_means_an_environment_in_aws_is_not_given_this_machine(command: str, tmp_path: Path) -> None:
    (file := tmp_path / "library").touch()
    state = tmp_path / "state"
    refused = CliRunner().invoke(app, ["--env", "prod", command, str(file), "--state", str(state)])
    assert refused.exit_code == 2
    assert "docs/runbooks/restore.md" in refused.output
    assert not state.exists()


def test_a_folder_without_a_cloud_is_no_empty_library(tmp_path: Path) -> None:
    state = tmp_path / "state"
    refused = CliRunner().invoke(app, ["backup", str(tmp_path / "library"), "--state", str(state), "--json"])
    assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (1, "no_database")
    assert not state.exists()


def test_a_backup_that_is_not_there_starts_nothing(tmp_path: Path) -> None:
    state = tmp_path / "state"
    refused = CliRunner().invoke(app, ["restore", str(tmp_path / "nowhere"), "--state", str(state)])
    assert refused.exit_code == 2
    assert not state.exists()
