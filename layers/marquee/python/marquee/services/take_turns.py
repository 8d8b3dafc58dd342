"""Turns at making a film: who may begin, by what the database says of all jobs."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.domain.jobs import Job
from marquee.domain.stores import JobStore
from marquee.domain.turns import NO_LIMITS, TurnLimits, next_turns


@dataclass(frozen=True)
class TakeTurns:
    """A job has its turn until its film is released, or it is over: what comes after only makes the film richer.

    Two that look at the same instant may both begin: there may be more at once, by as many as look together.
    """

    jobs: JobStore
    limits: TurnLimits = NO_LIMITS

    def may_begin(self, job: Job) -> bool:
        """Whether it is the turn of a job whose source is there."""
        return self.limits == NO_LIMITS or job.id in self._next(job)

    def next(self) -> frozenset[str]:
        """Ids of the waiting jobs whose turn it is."""
        return frozenset(self._next())

    def _next(self, *arrived: Job) -> list[str]:
        waiting = {job.id: job for job in (*arrived, *self.jobs.waiting())}
        return next_turns([job.owner for job in self.jobs.at_work()], list(waiting.values()), self.limits)
