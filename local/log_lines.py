"""What functions, tasks and servers of this cloud wrote, as CloudWatch Logs would show it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# Lambda's own lines, from which CloudWatch takes the invocation's id
_INVOCATION = re.compile(r"(?:(?:START|END|REPORT) )?RequestId: ([0-9a-f-]{36})")
_TEXT_TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[,.](\d{3})(?:([+-]\d{4}))?")


def log_groups(directory: Path, prefix: str = "") -> list[str]:
    """Names of the groups that have lines: a function's, a task family's, a server's."""
    return sorted(path.stem for path in directory.glob(f"{glob_safe(prefix)}*.log"))


def lines_of(directory: Path, groups: Iterable[str], start: float, end: float) -> Iterator[dict[str, Any]]:
    """Lines of these groups from `start` to `end` (Unix seconds), each with `@message`, `@timestamp`
    (`2026-11-21 20:28:27.268`), `@log` and the fields of its JSON. A line that names no time has that of the
    line before it; what spans several lines is as many."""
    first, last = _shown(start), _shown(end)
    for group in groups:
        path = directory / f"{group}.log"
        if not path.is_file():
            continue
        moment = ""
        with path.open(errors="replace") as log:
            for number, text in enumerate(log):
                line = _line(text.rstrip("\n"), group)
                moment = line.setdefault("@timestamp", moment)
                if first <= moment <= last:
                    line["@ptr"] = f"{group}:{number}"
                    yield line


def _line(text: str, group: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if text.startswith("{"):
        try:
            found = json.loads(text)
        except ValueError:
            found = {}
    line = {**found, "@message": text, "@log": group, "@logStream": group}
    time = _TEXT_TIME.search(str(found.get("timestamp", text[:60])))
    if time is not None:
        line["@timestamp"] = _moment(time)
    invocation = _INVOCATION.match(text)
    if invocation is not None:
        line["@requestId"] = invocation[1]
    return line


def _moment(time: re.Match[str]) -> str:
    """In UTC, as all of CloudWatch is; servers' lines name no zone, and are this machine's."""
    text = f"{time[1]}.{time[2]}000"
    if time[3] is None:
        return _written(datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").astimezone(UTC))
    return _written(datetime.strptime(text + time[3], "%Y-%m-%d %H:%M:%S.%f%z").astimezone(UTC))


def _shown(seconds: float) -> str:
    return _written(datetime.fromtimestamp(seconds, UTC))


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"


def glob_safe(text: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", text)
