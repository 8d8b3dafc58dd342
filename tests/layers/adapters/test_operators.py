"""What the adapters ask of a database is what each of them has: DocumentDB 5.0, DocumentDB 8.0 and the engine here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from marquee import adapters

FILES = sorted(Path(adapters.__file__).parent.glob("*.py"))

# In both versions' lists of supported operators. What is in neither or in one of them alone (`$facet`, `$merge`,
# `$round`, `$setWindowFields`, `$unionWith`, `$graphLookup`, `$sortByCount`, `$where`, `$function`, …) is not here.
KNOWN_TO_ALL = frozenset(
    {
        # queries
        "$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$and", "$or", "$nor", "$not", "$exists",
        "$type", "$elemMatch", "$all", "$size", "$regex", "$text", "$search", "$expr",
        # changes
        "$set", "$unset", "$setOnInsert", "$inc", "$min", "$max", "$mul", "$push", "$pull", "$pullAll", "$addToSet",
        "$each", "$slice", "$position", "$sort", "$currentDate",
        # stages
        "$match", "$project", "$addFields", "$group", "$limit", "$skip", "$unwind", "$lookup", "$count", "$sample",
        "$replaceRoot",
        # expressions
        "$sum", "$avg", "$first", "$last", "$cond", "$ifNull", "$switch", "$arrayElemAt", "$setIntersection",
        "$setUnion", "$setIsSubset", "$concat", "$concatArrays", "$add", "$subtract", "$multiply", "$divide",
        "$filter", "$map", "$reduce", "$meta", "$literal", "$toString", "$toLower", "$substrCP", "$dateToString",
        "$mergeObjects",
    }
)  # fmt: skip


def operators_of(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Keys of dictionaries that begin with `$`, also where one is chosen by a condition."""
    for node in ast.walk(tree):
        keys = node.keys if isinstance(node, ast.Dict) else [node.slice] if isinstance(node, ast.Subscript) else []
        for key in keys:
            for part in ast.walk(key) if key is not None else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.startswith("$"):
                    yield part.value, part


def lists_without_order(tree: ast.AST) -> Iterator[ast.AST]:
    """Calls of `find` that no `sort` follows."""
    sorted_finds = {
        id(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sort"
    }
    for node in ast.walk(tree):
        called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
        if called == "find" and id(node) not in sorted_finds and _is_of_a_collection(node):
            yield node


def _is_of_a_collection(node: ast.AST) -> bool:
    """`text.find("x")` is not: a collection is asked with a dictionary, a name or nothing."""
    assert isinstance(node, ast.Call)
    return not any(isinstance(argument, ast.Constant) for argument in node.args)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_only_operators_that_every_database_has_are_used(file: Path) -> None:
    used = {name for name, _ in operators_of(ast.parse(file.read_text()))}

    assert used <= KNOWN_TO_ALL


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_is_listed_without_an_order(file: Path) -> None:
    assert [ast.unparse(node) for node in lists_without_order(ast.parse(file.read_text()))] == []


@pytest.mark.parametrize(
    "source",
    [
        '[{"$facet": {}}]',
        '{"a": {"$round": ["$x", 1]}}',
        '{"$gt" if up else "$graphLookup": 1}',
        'change["$bit"] = 1',
    ],
)
def test_the_scan_sees_operators_wherever_they_stand(source: str) -> None:
    assert not {name for name, _ in operators_of(ast.parse(source))} <= KNOWN_TO_ALL


def test_the_scan_sees_lists_without_an_order() -> None:
    tree = ast.parse("c.find({}).limit(3); c.find(q).sort('a').limit(2); 'text'.find('t')")

    assert len(list(lists_without_order(tree))) == 1
