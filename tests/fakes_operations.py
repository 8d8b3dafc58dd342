"""Queues and breakers in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marquee.domain.breaker import BreakerPhase
from marquee.domain.errors import TransientError
from marquee.domain.operations import QueueDepth


class MemoryQueues:
    """`Queues`; `away` makes them unreachable."""

    def __init__(self) -> None:
        self.kept: list[QueueDepth] = []
        self.away = False

    def depths(self) -> Sequence[QueueDepth]:
        if self.away:
            raise TransientError("The queues cannot be asked.")
        return list(self.kept)


class MemoryBreakers:
    """`Breakers`; `away` makes them unreachable."""

    def __init__(self) -> None:
        self.kept: dict[str, BreakerPhase] = {}
        self.away = False

    def phases(self) -> Mapping[str, BreakerPhase]:
        if self.away:
            raise TransientError("The breakers cannot be read.")
        return dict(self.kept)
