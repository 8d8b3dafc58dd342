"""Buses of the template, and rules that lead from them to its queues."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.ports import free_ports
from local.assembly import load_assembly
from local.cloud import Options
from local.intrinsics import TemplateError
from local.references import Platform
from local.system import build_system
from tests.local import tiny_app
from tests.local.conftest import RunningCloud, run_cloud
from tests.local.test_events import seen

_PLATFORM = Platform(aws_port=1, edge_port=2, valkey_port=3, database_port=4)


def bus_with_rule(target: object) -> dict[str, Any]:
    pattern = {"source": ["films"], "detail-type": ["film.made"]}
    rule = {"EventBusName": {"Ref": "Bus"}, "EventPattern": pattern, "Targets": [{"Id": "t", "Arn": target}]}
    return {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "films"}},
        "Rule": {"Type": "AWS::Events::Rule", "Properties": rule},
    }


QUEUE = {"Fn::ImportValue": "Tiny:Queue"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    folder = tmp_path_factory.mktemp("buses")
    assembly = tiny_app.build(folder, folder / "seen", resources=bus_with_rule(QUEUE))
    options = Options(port=free_ports(), state_dir=folder / "state", assembly_dir=assembly, warm=False)
    yield from run_cloud(options, folder / "seen")


def test_what_a_rule_asks_for_reaches_the_function_behind_its_queue_and_nothing_else_does(
    running: RunningCloud,
) -> None:
    entry = {"EventBusName": "films", "Source": "films", "Detail": json.dumps({"asset_id": "wanted"})}
    events = running.client("events")
    events.put_events(Entries=[{**entry, "DetailType": "film.lost"}, {**entry, "DetailType": "film.made"}])
    (came,) = seen(running.seen, "wanted", 1)
    assert (came["detail-type"], came["source"], came["detail"]) == ("film.made", "films", {"asset_id": "wanted"})


def test_a_bus_is_known_by_its_arn_too(running: RunningCloud) -> None:
    bus = "arn:aws:events:us-east-1:123456789012:event-bus/films"
    entry = {"EventBusName": bus, "Source": "films", "DetailType": "film.made", "Detail": '{"by": "arn"}'}
    assert running.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    assert len(seen(running.seen, '"arn"', 1)) == 1


def test_a_rule_s_target_that_is_no_queue_stops_the_start(tmp_path: Path) -> None:
    resources = bus_with_rule({"Fn::GetAtt": ["Echo", "Arn"]})
    assembly = load_assembly(tiny_app.build(tmp_path, tmp_path / "seen", resources=resources), "dev")
    with pytest.raises(TemplateError, match="only queues take them here"):
        build_system(assembly, _PLATFORM)
