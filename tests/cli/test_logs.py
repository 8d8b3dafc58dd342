"""`marquee logs`: its query, and what it shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from marquee.domain.measures import MEASURES
from typer.testing import CliRunner

from cli.control_plane import LOCAL, ControlPlane
from cli.endpoint import EndpointError
from cli.logs import KEYS, find, query_for, seconds_of, show_logs
from cli.main import app
from local.log_query import parse_query

DOCS = Path(__file__).resolve().parents[2] / "docs" / "observability.md"


def row(**fields: str) -> list[dict[str, str]]:
    return [{"field": name, "value": value} for name, value in fields.items()]


class Logs:
    """CloudWatch Logs with so many groups; every query answers `rows` and, once before, that it still runs."""

    def __init__(self, groups: int, rows: list[list[dict[str, str]]], ends_as: str = "Complete") -> None:
        self.groups, self.rows, self.ends_as = [f"Marquee-dev-{n:03d}" for n in range(groups)], rows, ends_as
        self.asked: list[dict[str, Any]] = []
        self._polls = 0

    def get_paginator(self, operation: str) -> Logs:
        assert operation == "describe_log_groups"
        return self

    def paginate(self, logGroupNamePrefix: str) -> list[dict[str, Any]]:  # noqa: N803
        return [{"logGroups": [{"logGroupName": name} for name in self.groups if name.startswith(logGroupNamePrefix)]}]

    def start_query(self, **given: Any) -> dict[str, str]:
        self.asked.append(given)
        return {"queryId": "q"}

    def get_query_results(self, queryId: str) -> dict[str, Any]:  # noqa: N803
        self._polls += 1
        if self._polls == 1:
            return {"status": "Running", "results": []}
        return {"status": self.ends_as, "results": self.rows}


class Plane(ControlPlane):
    def __init__(self, client: Logs) -> None:
        super().__init__(LOCAL)
        self._client = client

    def client(self, service: str) -> Any:
        assert service == "logs"
        return self._client


def test_an_id_of_any_kind_finds_the_lines_that_name_it() -> None:
    lines = [{"@timestamp": "2", key: "x_1", "message": key} for key in KEYS] + [{"job_id": "x_2"}]
    found = parse_query(query_for("x_1", None, 50)).run(lines)
    assert [each["message"] for each in found] == list(KEYS)


def test_a_level_means_that_and_worse() -> None:
    lines = [{"level": level, "message": level} for level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")]
    assert [each["message"] for each in parse_query(query_for(None, "warning", 9)).run(lines)] == [
        "WARNING", "ERROR", "CRITICAL",
    ]  # fmt: skip


def test_what_lambda_says_of_errors_that_nobody_caught_is_an_error() -> None:
    said = ["[ERROR] Runtime.ImportModuleError: Unable", "2026 x Task timed out after 3.00 seconds", "START x"]
    found = parse_query(query_for(None, "ERROR", 9)).run([{"@message": line} for line in said])
    assert [line["@message"] for line in found] == said[:2]


def test_a_level_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="'LOUD' is no level: there are DEBUG"):
        query_for(None, "loud", 10)


@pytest.mark.parametrize("odd", ['job" or level = "INFO', "a b", "ab", ""])
def test_what_is_no_id_never_becomes_a_query(odd: str) -> None:
    with pytest.raises(ValueError, match="is no id"):
        query_for(odd, None, 10)


def test_a_span_is_minutes_hours_or_days() -> None:
    assert [seconds_of(span) for span in ("90m", "3h", "2d")] == [5400, 10_800, 172_800]
    with pytest.raises(ValueError, match="no span"):
        seconds_of("yesterday")


def test_all_groups_are_asked_as_many_at_once_as_may_be_and_lines_are_in_the_order_of_time() -> None:
    client = Logs(120, [row(**{"@timestamp": "2", "message": "b"}), row(**{"@timestamp": "1", "message": "a"})])
    found = find(Plane(client), "limit 5", since_seconds=60)
    assert [len(given["logGroupNames"]) for given in client.asked] == [50, 50, 20]
    assert all(given["endTime"] - given["startTime"] == 61 for given in client.asked)
    assert [line["message"] for line in found] == ["a", "a", "a", "b", "b", "b"]


def test_an_environment_without_logs_is_not_one_that_says_nothing() -> None:
    with pytest.raises(EndpointError, match="There is no local"):
        find(Plane(Logs(0, [])), "limit 5", since_seconds=60)


def test_a_query_that_fails_is_said() -> None:
    with pytest.raises(EndpointError, match="Failed"):
        find(Plane(Logs(1, [], ends_as="Failed")), "limit 5", since_seconds=60)


def test_lines_are_shown_by_their_parts_and_their_errors_whole(capsys: pytest.CaptureFixture[str]) -> None:
    whole = json.dumps({"error_name": "InternalError", "exception": "Traceback …"})
    line = {"@timestamp": "12:00", "service": "encode", "level": "ERROR", "message": "step [failed]", "job_id": "job_1"}
    client = Logs(1, [row(**line, **{"@message": whole}), row(**{"@timestamp": "12:01", "@message": "REPORT"})])
    assert show_logs(Plane(client), "limit 5", 60, as_json=False) == 0
    shown = capsys.readouterr().out
    assert "encode ERROR step [failed] error_name=InternalError job_id=job_1" in " ".join(shown.split())
    assert "Traceback …" in shown
    assert "REPORT" in shown


def test_a_line_of_measures_says_which_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    told = {"CloudWatchMetrics": [{"Namespace": "Marquee", "Metrics": [{"Name": "ShardSpeed", "Unit": "None"}]}]}
    whole = json.dumps({"_aws": told, "ShardSpeed": 1.5, "runner": "fargate"})
    line = {"@timestamp": "12:00", "service": "encode", "level": "INFO", "message": "measured", "@message": whole}
    assert show_logs(Plane(Logs(1, [row(**line)])), "limit 5", 60, as_json=False) == 0
    assert "encode INFO measured ShardSpeed=1.5" in capsys.readouterr().out


def test_the_query_can_be_taken_elsewhere() -> None:
    printed = CliRunner().invoke(app, ["logs", "job_1", "--print-query"])
    assert printed.exit_code == 0
    assert printed.output.strip() == query_for("job_1", None, 1000)


def test_the_documented_query_is_the_one_that_is_asked() -> None:
    documented = [block.partition("\n")[2].strip() for block in DOCS.read_text().split("```")[1::2]]
    assert query_for("job_01jd0000000000000000000000", None, 1000) in documented


def test_every_metric_is_documented_and_nothing_else_is() -> None:
    rows = {line for line in DOCS.read_text().splitlines() if line.startswith("| `") and line.count("|") == 5}
    assert rows == {
        f"| `{each.name}` | {each.unit} | {', '.join(f'`{name}`' for name in each.by) or '–'} | {each.says} |"
        for each in MEASURES
    }
