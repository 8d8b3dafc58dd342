"""Every code that the service can give is explained, and none that it cannot."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.openapi.problems import read_problems

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ("layers/marquee/python", "functions", "containers")
# Position of the code in calls that take it without naming it.
POSITIONS = {"_plain": 1, "_refusal": 1, "_too_many": 1, "Refusal": 0}
# `upload_{status}`, made of the states in which nothing of an upload is taken any more
MADE_UP = {"upload_completed", "upload_aborted"}


def codes_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(body=body):
                yield from (
                    str(s.value.value)
                    for s in body
                    if isinstance(s, ast.Assign)
                    and isinstance(s.value, ast.Constant)
                    and [t.id for t in s.targets if isinstance(t, ast.Name)] == ["code"]
                )
            case ast.Call():
                yield from codes_of_call(node)
            case _:
                pass


def codes_of_call(call: ast.Call) -> Iterator[str]:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    position = POSITIONS.get(function)
    # a refusal of the entry begins with its status, one of the probe with its code
    if position == 0 and call.args and isinstance(call.args[0], ast.Attribute):
        position = 1
    if position is not None and len(call.args) > position:
        named.append(call.args[position])
    yield from (str(value.value) for value in named if isinstance(value, ast.Constant))


def test_the_tables_hold_exactly_the_codes_that_the_code_gives() -> None:
    given = set(MADE_UP)
    for source in SOURCES:
        for path in (ROOT / source).rglob("*.py"):
            given |= set(codes_of(ast.parse(path.read_text())))
    listed = [problem["code"] for problem in read_problems()]

    assert sorted(listed) == sorted(given)
