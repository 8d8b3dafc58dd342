"""The committed boards are those that are made, and ask only for what `GET /metrics` tells."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from marquee.domain import operations
from marquee.services.exposition import PREFIX

from tools.grafana.boards import BOARDS, FOLDER, written

ROOT = Path(__file__).resolve().parents[3]
# `marquee_x_total` | `status`, `route` | …
ROW = re.compile(r"^\| `(marquee_\w+)` \|([^|]*)\|", re.MULTILINE)
ASKED = re.compile(r"\bmarquee_\w+")
LABELS = re.compile(r"(?:by \(([^)]*)\))|(?:\{(\w+)=~?\")|(?:\{\{(\w+)\}\})")
# Made of nothing but numbers that are there: which buckets a histogram has, how many it counted.
PARTS = ("_bucket", "_sum", "_count")
# Asked at the moment of telling, and counted by nobody.
GAUGES = {"dependency_up", "dependency_answer_seconds"}


def documented() -> dict[str, set[str]]:
    """Labels by name, as docs/metrics.md has them."""
    text = (ROOT / "docs" / "metrics.md").read_text()
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in ROW.findall(text)}


def told() -> Iterator[tuple[str, set[str] | None]]:
    """Name and labels of every series that the code counts; None for labels that are put together elsewhere."""
    for path in (ROOT / "layers" / "marquee" / "python").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            name = _text(node.args[0])
            counted = node.func.attr in {"count", "observe"} and "metrics" in ast.unparse(node.func.value)
            if counted and name is not None:
                end = "_total" if node.func.attr == "count" else "_seconds"
                yield PREFIX + name + end, _labels(node.args, 1 if node.func.attr == "count" else 2)


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        constant: str | None = getattr(operations, node.id, None)
        return constant
    return None


def _labels(arguments: list[ast.expr], place: int) -> set[str] | None:
    if len(arguments) <= place:
        return set()
    given = arguments[place]
    if isinstance(given, ast.Dict) and all(isinstance(key, ast.Constant) for key in given.keys):
        return {str(key.value) for key in given.keys if isinstance(key, ast.Constant)}
    return None


def bare(name: str) -> str:
    return next((name.removesuffix(part) for part in PARTS if name.endswith(part)), name)


def test_the_committed_boards_are_those_that_are_made() -> None:
    committed = {path.stem: path.read_text() for path in FOLDER.glob("*.json")}
    assert committed == {name: written(board) for name, board in BOARDS.items()}, "run `python -m tools.grafana`"


def test_what_is_counted_is_documented_with_its_labels() -> None:
    known = documented()
    counted = dict(told())
    assert set(counted) | {PREFIX + name for name in GAUGES} == set(known)
    assert {name: labels for name, labels in counted.items() if labels is not None and labels != known[name]} == {}


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_boards_ask_for_what_is_told_by_labels_that_it_has(board: object) -> None:
    known = documented()
    for panel in json.loads(written(board))["panels"]:  # type: ignore[arg-type]
        for target in panel["targets"]:
            names = {bare(name) for name in ASKED.findall(target["expr"])}
            assert names, panel["title"]
            assert names <= set(known), panel["title"]
            text = f"{target['expr']} {target['legendFormat']}"
            asked = {word for found in LABELS.findall(text) for part in found for word in re.findall(r"\w+", part)}
            assert asked - {"le"} <= set.union(*(known[name] for name in names)), panel["title"]


def test_every_panel_has_a_place_of_its_own() -> None:
    for board in BOARDS.values():
        places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board.as_json()["panels"]]
        assert len(set(places)) == len(places)
        assert all(x in {0, 8, 16} for x, _ in places)
