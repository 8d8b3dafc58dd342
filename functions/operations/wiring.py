"""What the route of `operations` works with, built on first use."""

from __future__ import annotations

from functools import cached_property

from marquee.domain.operations import Breakers, Queues
from marquee.entry.wiring import ANSWERING_SECONDS, CacheWiring, DatabaseWiring
from marquee.services.show_job import ShowJob
from marquee.services.show_operations import ShowOperations

from operations.settings import Settings


class OperationsWiring(DatabaseWiring[Settings], CacheWiring[Settings]):
    """One use case, and whom it asks."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def queues(self) -> Queues:
        from marquee.adapters.queues import SqsQueues

        return SqsQueues(self.settings.queues)

    @cached_property
    def breakers(self) -> Breakers:
        from marquee.adapters.breaker_phases import ValkeyBreakers

        return ValkeyBreakers(self.valkey, self.settings.breakers)

    @cached_property
    def show_operations(self) -> ShowOperations:
        return ShowOperations(
            ShowJob(self.jobs, self.progress), self.progress, self.queues, self.counters, self.breakers
        )


wiring = OperationsWiring(Settings)
