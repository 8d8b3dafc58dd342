"""What the database must be like for this code: indexes, and documents in the form that it reads.

Expand, then contract: while a release is rolled out the old code and the new one run side by side. A release may
therefore only add (`expand`). What it makes superfluous is taken away (`contract`) by a later one, once the
database remembers that the expansion was there before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from marquee.domain.media import Model


@dataclass(frozen=True)
class Step:
    """One change of documents; `run` may be repeated and returns how many it changed.

    `number` counts from 1 without gap, in the order in which steps were written. A `contract` step names the
    expansion that it completes, `after`.
    """

    number: int
    name: str
    run: Callable[[], int]
    kind: Literal["expand", "contract"] = "expand"
    after: int = 0


class Indexing(Model):
    """Indexes as `collection.name`. `unavailable`: the engine has no such kind."""

    created: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()


class Schema(Protocol):
    """The database's schema. All methods raise `TransientError` when it is away, and may be repeated."""

    @property
    def steps(self) -> Sequence[Step]: ...

    def done(self) -> frozenset[int]:
        """Numbers of the steps that are recorded as done."""
        ...

    def record(self, step: Step, now: datetime) -> None: ...

    def create_missing_indexes(self) -> Indexing: ...

    def drop_retired_indexes(self) -> Sequence[str]:
        """Those that no release in use needs any more, as `collection.name`."""
        ...
