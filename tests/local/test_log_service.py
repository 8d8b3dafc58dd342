"""Groups and queries of CloudWatch Logs, from the files that processes here write."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from local.log_service import LogService
from local.options import Options


@pytest.fixture
def service(tmp_path: Path) -> LogService:
    now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    line = {"level": "ERROR", "message": "order failed", "timestamp": f"{now},250+0000", "job_id": "job_1"}
    (tmp_path / "Marquee-dev-Pipeline-Encode.log").write_text(
        json.dumps(line) + "\nTraceback\nREPORT RequestId: 5a756de0-48fc-4f0d-9ebd-abf519c6a164\tDuration: 3 ms\n"
    )
    (tmp_path / "Marquee-dev-Api-Uploads.log").write_text(
        json.dumps({**line, "message": "old", "timestamp": "2020-01-01 00:00:00,000+0000"}) + "\n{broken\n"
    )
    (tmp_path / "database.log").write_text(f"{now},100 INFO serving\n")
    return LogService(tmp_path, Options().platform)


def asked(service: LogService, action: str, **given: object) -> tuple[int, dict[str, Any]]:
    answer = service.answer(action, json.dumps(given).encode())
    assert answer is not None
    assert isinstance(answer.text, str)
    return answer.status, json.loads(answer.text)


def found(service: LogService, query: str, *groups: str) -> list[dict[str, str]]:
    async def ask() -> dict[str, Any]:
        now = int(time.time())
        given = {"logGroupNames": groups, "startTime": now - 60, "endTime": now + 1, "queryString": query}
        _, started = asked(service, "StartQuery", **given)
        while True:
            status, answer = asked(service, "GetQueryResults", queryId=started["queryId"])
            assert status == 200
            if answer["status"] == "Complete":
                return answer
            await asyncio.sleep(0.01)

    rows = asyncio.run(ask())["results"]
    return [{cell["field"]: cell["value"] for cell in row} for row in rows]


def test_groups_are_found_by_how_their_names_begin(service: LogService) -> None:
    _, answer = asked(service, "DescribeLogGroups", logGroupNamePrefix="Marquee-dev-")
    assert [g["logGroupName"] for g in answer["logGroups"]] == [
        "Marquee-dev-Api-Uploads",
        "Marquee-dev-Pipeline-Encode",
    ]


def test_lines_of_the_asked_time_and_groups_are_found_by_their_fields(service: LogService) -> None:
    query = "fields message, @log | filter job_id = 'job_1'"
    groups = ("Marquee-dev-Pipeline-Encode", "Marquee-dev-Api-Uploads", "Marquee-dev-None")
    assert found(service, query, *groups) == [{"message": "order failed", "@log": "Marquee-dev-Pipeline-Encode"}]


def test_lines_without_a_time_have_that_of_the_line_before(service: LogService) -> None:
    rows = found(service, "fields @timestamp, @message, @requestId | sort @ptr asc", "Marquee-dev-Pipeline-Encode")
    assert len({row["@timestamp"] for row in rows}) == 1
    assert [row.get("@requestId") for row in rows] == [None, None, "5a756de0-48fc-4f0d-9ebd-abf519c6a164"]


def test_servers_lines_have_their_time_in_utc(service: LogService) -> None:
    assert len(found(service, "fields @message", "database")) == 1


@pytest.mark.parametrize(
    ("action", "given", "code"),
    [
        ("StartQuery", {"logGroupNames": ["a"], "startTime": 0, "endTime": 1, "queryString": "stats x"}, "Malformed"),
        ("StartQuery", {"logGroupNames": ["a"] * 51, "startTime": 0, "endTime": 1, "queryString": ""}, "Malformed"),
        ("GetQueryResults", {"queryId": "none"}, "ResourceNotFound"),
    ],
)
def test_what_cannot_be_done_is_refused_as_aws_does(
    service: LogService, action: str, given: dict[str, object], code: str
) -> None:
    status, answer = asked(service, action, **given)
    assert status == 400
    assert answer["__type"].startswith(code)


def test_all_else_of_logs_is_left_to_others(service: LogService) -> None:
    assert service.answer("CreateLogGroup", b"{}") is None
