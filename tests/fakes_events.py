"""Events in memory: what was said, each once."""

from __future__ import annotations

from marquee.domain.events import Event, EventType


class MemoryEvents:
    """`Events`; `said` in the order of their saying, `intended` before they stood."""

    def __init__(self) -> None:
        self.said: list[Event] = []
        self.intended: list[Event] = []

    def announce(self, event: Event) -> None:
        if event.id not in {known.id for known in self.said}:
            self.said.append(event)

    def intend(self, event: Event) -> None:
        self.intended.append(event)

    @property
    def types(self) -> list[EventType]:
        return [event.type for event in self.said]
