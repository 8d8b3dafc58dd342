"""Find log lines by what they are about, here or in AWS: the same query of CloudWatch Logs Insights in both."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from cli.control_plane import LOCAL, LOCAL_TEMPLATES, ControlPlane, told
from cli.display import console, results, tell_error
from cli.endpoint import EndpointError

# What a line may be about, by the names of its fields. `@requestId` is of Lambda's own lines.
KEYS = (
    "job_id",
    "asset_id",
    "upload_id",
    "request_id",
    "trace_id",
    "function_request_id",
    "xray_trace_id",
    "message_id",
    "@requestId",
)
SHOWN = ("@timestamp", "service", "level", "message", *KEYS[:-1], "@message", "@log")
GROUPS_AT_ONCE = 50  # what one query takes
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Lambda's own words, which have no level, for errors that nobody caught and for runs that it ended.
UNCAUGHT = ("[ERROR] ", "Task timed out after", "Runtime exited")
POLL_SECONDS, ANSWER_SECONDS = 0.3, 60.0
_IDENTIFIER = re.compile(r"[A-Za-z0-9._:/=+@-]{3,128}")
_SPAN = re.compile(r"(\d+)([mhd])")
_SECONDS = {"m": 60, "h": 3600, "d": 86400}
_COLOURS = {"ERROR": "red", "CRITICAL": "red", "WARNING": "yellow"}

Row = Mapping[str, str]


def query_for(identifier: str | None, level: str | None, limit: int) -> str:
    """The query that finds lines about `identifier`, an id of any kind, of `level` or above, oldest first.

    Raises ValueError for what is no id, or no level.
    """
    parts = [f"fields {', '.join(SHOWN)}"]
    if identifier is not None:
        if not _IDENTIFIER.fullmatch(identifier):
            raise ValueError(f"{identifier!r} is no id")
        parts.append("filter " + " or ".join(f'{key} = "{identifier}"' for key in KEYS))
    if level is not None:
        levels = ", ".join(f'"{each}"' for each in _from_level(level.upper()))
        unsaid = " or ".join(f'@message like "{words}"' for words in UNCAUGHT)
        parts.append(f"filter level in [{levels}] or {unsaid}")
    return "\n| ".join([*parts, "sort @timestamp asc", f"limit {limit}"])


def _from_level(level: str) -> Sequence[str]:
    if level not in LEVELS:
        raise ValueError(f"{level!r} is no level: there are {', '.join(LEVELS)}")
    return LEVELS[LEVELS.index(level) :]


def seconds_of(span: str) -> int:
    """`90m`, `3h`, `2d` in seconds; raises ValueError."""
    match = _SPAN.fullmatch(span)
    if match is None:
        raise ValueError(f"{span!r} is no span of time: write 90m, 3h or 2d")
    return int(match[1]) * _SECONDS[match[2]]


def show_logs(plane: ControlPlane, query: str, since_seconds: int, *, as_json: bool) -> int:
    """Print what the query finds; 1 when it could not be asked."""
    try:
        rows = find(plane, query, since_seconds)
    except EndpointError as error:
        tell_error(error, as_json)
        return 1
    if as_json:
        print(json.dumps([dict(row) for row in rows]))
        return 0
    out = results()
    for row in rows:
        _show(row, out)
    if not rows:
        console.print("No line says so.", style="dim")
    return 0


def find(plane: ControlPlane, query: str, since_seconds: int) -> list[Row]:
    """Rows of all log groups of the environment, in the order of their time. Raises `EndpointError`."""
    name = LOCAL_TEMPLATES if plane.environment == LOCAL else plane.environment
    now = int(time.time())
    with told():
        client = plane.client("logs")
        groups = _groups(client, f"Marquee-{name}-")
        if not groups:
            raise plane.is_not_there()
        asked = [
            client.start_query(logGroupNames=some, startTime=now - since_seconds, endTime=now + 1, queryString=query)
            for some in _chunks(groups)
        ]
        rows = [row for one in asked for row in _answer(client, one["queryId"])]
    return sorted(rows, key=lambda row: row.get("@timestamp", ""))


def _groups(client: Any, prefix: str) -> list[str]:
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    return [group["logGroupName"] for page in pages for group in page["logGroups"]]


def _chunks(groups: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(groups), GROUPS_AT_ONCE):
        yield groups[start : start + GROUPS_AT_ONCE]


def _answer(client: Any, query_id: str) -> list[Row]:
    until = time.monotonic() + ANSWER_SECONDS
    while True:
        answer = client.get_query_results(queryId=query_id)
        if answer["status"] == "Complete":
            return [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]
        if answer["status"] not in {"Running", "Scheduled"} or time.monotonic() > until:
            raise EndpointError(f"The query ended as {answer['status']}.", code="query_failed")
        time.sleep(POLL_SECONDS)


def _show(row: Row, out: Console) -> None:
    """A line of JSON by its parts, anything else as it is."""
    level = row.get("level", "")
    if "service" not in row:
        said = row.get("@message", "").replace("\r", "\n")  # as Python's runtime keeps a traceback in one line
        out.print(f"[dim]{row.get('@timestamp', '')}[/] {escape(said)}", soft_wrap=True, highlight=False)
        return
    about = " ".join(f"{key}={row[key]}" for key in KEYS if key in row)
    colour = _COLOURS.get(level, "default")
    out.print(
        f"[dim]{row.get('@timestamp', '')}[/] [bold]{escape(row['service'])}[/] [{colour}]{level}[/] "
        f"{escape(row.get('message', ''))} [dim]{escape(_more(row))} {escape(about)}[/]",
        soft_wrap=True,
        highlight=False,
    )
    if exception := _whole(row).get("exception"):
        out.print(escape(str(exception)), style="dim", soft_wrap=True, highlight=False)


def _more(row: Row) -> str:
    """What else the line says that a reader wants: of a request its outcome, of a failure its reason, of measures
    which they are."""
    whole = _whole(row)
    wanted = ("method", "path", "status", "kind", "index", "delivery", "code", "reason", "error_name", "seconds")
    measured = [each["Name"] for told in whole.get("_aws", {}).get("CloudWatchMetrics", ()) for each in told["Metrics"]]
    return " ".join(f"{name}={whole[name]}" for name in (*wanted, *measured) if name in whole)


def _whole(row: Row) -> Mapping[str, Any]:
    try:
        found = json.loads(row.get("@message", ""))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
