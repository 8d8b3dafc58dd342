"""Whose job begins next, where more films arrive than are made at once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

_OWNER_LETTERS = 16


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """`at_once`: jobs of all together that make a film; `at_once_each`: of one owner. 0: as many as there are."""

    at_once: int = 0
    at_once_each: int = 0


NO_LIMITS = TurnLimits()


class Waiting(Protocol):
    """A job whose source has arrived."""

    @property
    def id(self) -> str: ...

    @property
    def owner(self) -> str: ...

    @property
    def waiting_since(self) -> datetime | None: ...


def next_turns(at_work: Iterable[str], waiting: Sequence[Waiting], limits: TurnLimits) -> list[str]:
    """Ids of the jobs that may begin now, in order. `at_work`: the owner of each job that has its turn.

    Who has the fewest turns is next, and of those who waits the longest: a hundred films of one owner do not keep
    another's first one waiting, whenever they came.
    """
    turns = Counter(at_work)
    free = (limits.at_once or math.inf) - turns.total()
    each = limits.at_once_each or math.inf
    queues: dict[str, list[Waiting]] = {}
    for job in sorted(waiting, key=_arrived, reverse=True):
        queues.setdefault(job.owner, []).append(job)  # the next one last
    chosen: list[str] = []
    while free >= 1:
        able = [owner for owner, queue in queues.items() if queue and turns[owner] < each]
        if not able:
            break
        owner = min(able, key=lambda name: (turns[name], _arrived(queues[name][-1])))
        chosen.append(queues[owner].pop().id)
        turns[owner] += 1
        free -= 1
    return chosen


def owner_of(subject: str | None) -> str:
    """What a job says of whose it is: enough to tell owners apart, and nothing that names one."""
    return "" if subject is None else sha256(subject.encode()).hexdigest()[:_OWNER_LETTERS]


def _arrived(job: Waiting) -> tuple[float, str]:
    return (job.waiting_since.timestamp() if job.waiting_since else math.inf, job.id)
