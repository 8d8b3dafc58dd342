"""`marquee top` against a site that tells what runs."""

from __future__ import annotations

import io
import json
from typing import Any

from rich.console import Console
from typer.testing import CliRunner

from cli.main import app
from cli.top import MOST_PARTS, Reading, drawn
from tests.cli.operations_site import OPERATIONS, OperationsSite

Json = dict[str, Any]


def text_of(now: Json, before: Json | None = None, seconds: float = 2.0, problem: str = "") -> str:
    console = Console(file=io.StringIO(), width=140)
    console.print(drawn(Reading(now, seconds), Reading(before, 0.0) if before else None, problem))
    drawn_text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return drawn_text


def part(index: int, state: str, progress: float) -> Json:
    return {"index": index, "state": state, "progress": progress, "share": 0.1}


def test_each_shard_is_a_sign_of_how_far_it_is() -> None:
    text = text_of(OPERATIONS)
    line = next(line for line in text.splitlines() if "video" in line)
    assert "█▅··" in line
    assert "1/4" in line
    assert "film.mp4" in text


def test_of_too_many_shards_those_that_are_not_done_are_shown() -> None:
    parts = [part(n, "done", 1.0) for n in range(200)] + [part(200, "running", 0.3), part(201, "waiting", 0.0)]
    task = {"name": "video", "status": "running", "progress": 0.9, "started_at": None, "parts": parts}
    text = text_of({**OPERATIONS, "jobs": [{**OPERATIONS["jobs"][0], "tasks": [task]}]})
    line = next(line for line in text.splitlines() if "video" in line)
    assert "▃·" in line
    assert "…/202" in line
    assert line.count("█") == MOST_PARTS - 2


def test_queues_failures_breakers_and_what_is_away_are_told() -> None:
    text = text_of({**OPERATIONS, "away": ["cache"]}, problem="Marquee cannot be reached.")
    assert "ingest dead letters" in text
    assert "No film." in text
    assert "tmdb half open" in text
    assert "Does not answer: cache" in text
    # not where a small screen ends
    assert "Marquee cannot be reached." in text.splitlines()[1]
    assert "✗ 20:00:00 notes.txt" in text


def test_functions_are_told_by_what_they_did_since_the_look_before() -> None:
    before = {**OPERATIONS, "functions": [{"name": "movies", "runs": 10, "failures": 0, "seconds": 1.0}]}
    now = {**OPERATIONS, "functions": [{"name": "movies", "runs": 30, "failures": 1, "seconds": 2.0}]}
    line = next(line for line in text_of(now, before).splitlines() if "movies" in line)
    assert line.split() == ["movies", "30", "10.0", "1", "50"]


def test_a_service_whose_cache_and_queues_are_away_is_drawn_all_the_same() -> None:
    text = text_of({**OPERATIONS, "functions": None, "queues": None, "breakers": None, "jobs": []})
    assert "0 running" in text


def test_programs_get_the_answer_as_it_is() -> None:
    with OperationsSite() as site:
        shown = CliRunner().invoke(app, ["top", "--endpoint", site.url, "--json"])
        piped = CliRunner().invoke(app, ["top", "--endpoint", site.url])
    assert (shown.exit_code, json.loads(shown.stdout)) == (0, OPERATIONS)
    assert (piped.exit_code, "film.mp4" in piped.stdout) == (0, True)


def test_who_may_not_look_is_told_so() -> None:
    with OperationsSite(refusal=(403, "forbidden")) as site:
        shown = CliRunner().invoke(app, ["top", "--endpoint", site.url, "--json"])
    assert shown.exit_code == 1
    error = json.loads(shown.stdout)["error"]
    assert (error["code"], error["message"]) == ("forbidden", "Not for you. query.limit: Too many.")
