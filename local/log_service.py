"""CloudWatch Logs as far as it is asked here: which groups there are, and queries over what they hold."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import OrderedDict
from pathlib import Path
from typing import Any

from aiohttp import web

from local.log_lines import lines_of, log_groups
from local.log_query import QueryError, parse_query
from local.references import Platform

_REMEMBERED = 100
_MOST_GROUPS = 50  # as AWS


class LogService:
    """Answers DescribeLogGroups, StartQuery and GetQueryResults from the files in `directory`."""

    def __init__(self, directory: Path, platform: Platform) -> None:
        self._directory = directory
        self._platform = platform
        self._asked: OrderedDict[str, asyncio.Future[list[dict[str, str]]]] = OrderedDict()

    def answer(self, action: str, body: bytes) -> web.Response | None:
        """None for what is not done here. A query runs on its own, in a thread; its results are asked for."""
        asked = json.loads(body or b"{}")
        try:
            if action == "DescribeLogGroups":
                return _json(self._groups(asked))
            if action == "StartQuery":
                return _json(self._start(asked))
            if action == "GetQueryResults":
                return _json(self._results(asked))
        except QueryError as error:
            return _json({"__type": "MalformedQueryException", "message": str(error)}, status=400)
        except LookupError as error:
            return _json({"__type": "ResourceNotFoundException", "message": str(error)}, status=400)
        return None

    def _groups(self, asked: dict[str, Any]) -> dict[str, Any]:
        names = log_groups(self._directory, asked.get("logGroupNamePrefix", ""))
        prefix = f"arn:aws:logs:{self._platform.region}:{self._platform.account}:log-group:"
        return {"logGroups": [{"logGroupName": name, "arn": f"{prefix}{name}:*"} for name in names]}

    def _start(self, asked: dict[str, Any]) -> dict[str, Any]:
        names = asked.get("logGroupNames") or [asked["logGroupName"]]
        if len(names) > _MOST_GROUPS:
            raise QueryError(f"a query takes {_MOST_GROUPS} groups at most")
        query = parse_query(asked["queryString"])
        start, end = float(asked["startTime"]), float(asked["endTime"]) + 1
        identity = str(uuid.uuid4())
        self._asked[identity] = asyncio.get_running_loop().run_in_executor(
            None, lambda: query.run(list(lines_of(self._directory, names, start, end)))
        )
        while len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        return {"queryId": identity}

    def _results(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("queryId") not in self._asked:
            raise LookupError("there is no such query")
        query = self._asked[asked["queryId"]]
        if not query.done():
            return {"status": "Running", "results": []}
        rows = query.result()
        return {
            "status": "Complete",
            "results": [[{"field": name, "value": value} for name, value in row.items()] for row in rows],
        }


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(body), status=status, content_type="application/x-amz-json-1.1")
