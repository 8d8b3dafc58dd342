"""Functions that a deployment calls are called at each start, before anything serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.ports import free_ports
from local.assembly import load_assembly
from local.cloud import Options
from local.intrinsics import TemplateError
from local.references import Platform
from local.system import build_system
from local.triggers import TriggerError
from tests.local import tiny_app
from tests.local.conftest import run_cloud

_PLATFORM = Platform(aws_port=1, edge_port=2, valkey_port=3, database_port=4)


def trigger(function: str, **more: Any) -> dict[str, Any]:
    """A trigger as CDK writes it: of a version of the function."""
    return {
        "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": function}}},
        "First": {
            "Type": "Custom::Trigger",
            "Properties": {
                "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:provider",
                "HandlerArn": {"Ref": "Version"},
                "InvocationType": "RequestResponse",
                **more,
            },
        },
    }


def calls_at_the_start(folder: Path, resources: dict[str, Any]) -> int:
    """Starts and stops a cloud; how often the echo had been called when it was ready."""
    options = Options(
        port=free_ports(),
        state_dir=folder / "state",
        assembly_dir=tiny_app.build(folder, folder / "seen", resources=resources),
        warm=False,
    )
    calls = 0
    for running in run_cloud(options, folder / "seen"):
        calls = running.cloud.functions.statistics()["Tiny-App-Echo"]["invocations"]
    return calls


def test_a_trigger_names_the_version_of_its_function(tmp_path: Path) -> None:
    assembly = tiny_app.build(tmp_path, tmp_path / "seen", resources=trigger("Echo"))
    (read,) = build_system(load_assembly(assembly, "dev"), _PLATFORM).triggers

    assert (read.waits, read.calls) == (True, True)
    assert read.function.rpartition("function:")[2] == "Tiny-App-Echo:Tiny-App-Version"


@pytest.mark.parametrize(("kind", "waits", "calls"), [("Event", False, True), ("DryRun", False, False)])
def test_a_trigger_may_not_wait_or_not_call(tmp_path: Path, kind: str, waits: bool, calls: bool) -> None:
    assembly = tiny_app.build(tmp_path, tmp_path / "seen", resources=trigger("Echo", InvocationType=kind))
    (read,) = build_system(load_assembly(assembly, "dev"), _PLATFORM).triggers

    assert (read.waits, read.calls) == (waits, calls)


def test_an_unknown_way_of_calling_stops_the_start(tmp_path: Path) -> None:
    assembly = tiny_app.build(tmp_path, tmp_path / "seen", resources=trigger("Echo", InvocationType="Later"))
    with pytest.raises(TemplateError, match="Later"):
        build_system(load_assembly(assembly, "dev"), _PLATFORM)


def test_a_triggered_function_has_run_when_the_cloud_is_ready(tmp_path: Path) -> None:
    two = trigger("Echo") | {"Second": trigger("Echo")["First"]}

    assert calls_at_the_start(tmp_path, two) >= 2


def test_a_failing_trigger_stops_the_start_with_what_the_function_said(tmp_path: Path) -> None:
    with pytest.raises(TriggerError, match=r"First failed, so that nothing was started: .*nowhere"):
        calls_at_the_start(tmp_path, trigger("Broken"))
