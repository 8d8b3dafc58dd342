"""The rule of migrations on the steps that there are: a release adds, and a later one takes away."""

from __future__ import annotations

from collections.abc import Sequence

from marquee.adapters.database import Database
from marquee.adapters.indexes import INDEXES, RETIRED
from marquee.adapters.schema import DatabaseSchema
from marquee.domain.schema import Step

# As databases remember them: a number never means anything else. A new step is written down here, too.
REMEMBERED = {1: "search terms of movies, version 1", 2: "search terms of movies, version 2"}


def steps() -> Sequence[Step]:
    return DatabaseSchema(Database(lambda: "mongodb://127.0.0.1:1", "none")).steps


def test_steps_are_numbered_without_a_gap_and_keep_their_numbers() -> None:
    assert [step.number for step in steps()] == list(range(1, len(steps()) + 1))
    assert {step.number: step.name for step in steps()} == REMEMBERED


def test_a_contraction_names_the_expansion_before_it() -> None:
    kinds = {step.number: step.kind for step in steps()}
    assert all(kinds[s.after] == "expand" and s.after < s.number for s in steps() if s.kind == "contract")


def test_no_index_is_wanted_and_retired() -> None:
    wanted = {collection: {str(index.document["name"]) for index in each} for collection, each in INDEXES.items()}
    assert not any(wanted.get(collection, set()) & names for collection, names in RETIRED.items())
