"""`migrate` through its real entry, over a schema in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
from marquee.domain.errors import TransientError
from marquee.domain.schema import Indexing, Step
from migrate.handler import lambda_handler
from migrate.wiring import wiring

from tests.platform import CONTEXT, Platform


class MemorySchema:
    """`Schema` that remembers what was done, in order."""

    def __init__(self) -> None:
        self.steps: Sequence[Step] = ()
        self.recorded: dict[int, datetime] = {}
        self.log: list[str] = []
        self.missing: tuple[str, ...] = ()

    def step(self, number: int, **more: Any) -> Step:
        def run() -> int:
            self.log.append(f"step {number}")
            return 10 * number

        return Step(number, f"step {number}", more.pop("run", run), **more)

    def done(self) -> frozenset[int]:
        return frozenset(self.recorded)

    def record(self, step: Step, now: datetime) -> None:
        self.recorded[step.number] = now

    def create_missing_indexes(self) -> Indexing:
        self.log.append("indexes")
        made, self.missing = self.missing, ()
        return Indexing(created=made)

    def drop_retired_indexes(self) -> Sequence[str]:
        self.log.append("retired")
        return ()


@pytest.fixture
def schema(platform: Platform) -> Iterator[MemorySchema]:
    schema = MemorySchema()
    with platform.within(wiring, schema=schema):
        yield schema


def migrate() -> Any:
    return lambda_handler({}, CONTEXT)


def test_a_new_database_gets_indexes_then_steps_in_order(schema: MemorySchema) -> None:
    schema.missing = ("movies.text",)
    schema.steps = (schema.step(2), schema.step(1))

    done = migrate()

    assert schema.log == ["indexes", "step 1", "step 2", "retired"]
    assert (done["version"], done["indexes_created"]) == (2, ["movies.text"])
    assert done["changed"] == {"step 1": 10, "step 2": 20}


def test_the_next_deployment_repeats_nothing(schema: MemorySchema) -> None:
    schema.steps = (schema.step(1),)
    migrate()
    schema.log.clear()

    assert migrate()["changed"] == {}
    assert schema.log == ["indexes", "retired"]


def test_a_contraction_waits_for_the_deployment_after_its_expansion(schema: MemorySchema) -> None:
    schema.steps = (schema.step(1), schema.step(2, kind="contract", after=1), schema.step(3))

    assert migrate()["waiting"] == ["step 2"]
    assert "step 2" not in schema.log

    assert migrate()["changed"] == {"step 2": 20}
    assert schema.done() == {1, 2, 3}


def test_a_step_that_was_interrupted_runs_again(schema: MemorySchema) -> None:
    away: Callable[[], int] = failing("The database cannot be reached.")
    schema.steps = (schema.step(1), schema.step(2, run=away))
    with pytest.raises(TransientError):
        migrate()
    assert schema.done() == {1}

    schema.steps = (schema.step(1), schema.step(2))
    assert migrate()["changed"] == {"step 2": 20}


def failing(sentence: str) -> Callable[[], int]:
    def run() -> int:
        raise TransientError(sentence)

    return run
