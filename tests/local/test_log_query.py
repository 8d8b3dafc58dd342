"""The local cloud's share of CloudWatch Logs Insights' language."""

from __future__ import annotations

import pytest

from local.log_query import Line, QueryError, parse_query

LINES: list[Line] = [
    {"@timestamp": "2026-11-21 12:00:02.000", "level": "ERROR", "job_id": "job_1", "seconds": 2.5, "message": "b | c"},
    {"@timestamp": "2026-11-21 12:00:01.000", "level": "INFO", "upload_id": "upl_1", "job_id": "job_1", "message": "a"},
    {"@timestamp": "2026-11-21 12:00:03.000", "level": "INFO", "job_id": "job_2", "seconds": 10, "message": "c"},
    {"@timestamp": "2026-11-21 12:00:04.000", "message": "REPORT", "@requestId": "r-1", "cold": True},
]


def messages(query: str) -> list[str]:
    return [row["message"] for row in parse_query(f"fields message | {query}").run(LINES)]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ('filter job_id = "job_1" | sort @timestamp asc', ["a", "b | c"]),
        ("filter job_id = 'job_1' or @requestId = 'r-1'", ["REPORT", "b | c", "a"]),
        ('filter (level = "ERROR" or job_id = "job_2") and seconds > 3', ["c"]),
        ("filter seconds <= 2.5", ["b | c"]),
        ("filter seconds = 10", ["c"]),
        ('filter level in ["ERROR", "WARNING"]', ["b | c"]),
        ('filter level != "INFO" | sort message asc', ["REPORT", "b | c"]),
        ("filter not ispresent(job_id)", ["REPORT"]),
        ("filter message like /^[ac]$/ | sort message asc", ["a", "c"]),
        ('filter message like "b | c"', ["b | c"]),
        ("filter cold = 'true'", ["REPORT"]),
        ("filter `job_id` = 'job_2' | filter level = 'INFO'", ["c"]),
        ("sort @timestamp | limit 2", ["REPORT", "c"]),
    ],
)
def test_a_query_finds_the_lines_that_it_describes(given: str, found: list[str]) -> None:
    assert messages(given) == found


def test_a_field_that_a_line_has_not_is_left_out_of_its_row() -> None:
    (row,) = parse_query("fields job_id, level | filter message = 'REPORT'").run(LINES)
    assert row == {}


def test_without_fields_a_row_has_time_and_message() -> None:
    assert parse_query("# all\nlimit 5").fields == ("@timestamp", "@message")


@pytest.mark.parametrize(
    "query",
    ["stats count(*)", "filter a =", "filter a b", "filter (a = 'b'", "limit all", "fields", "filter a = 'b' c", "~"],
)
def test_what_is_not_understood_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        parse_query(query)
