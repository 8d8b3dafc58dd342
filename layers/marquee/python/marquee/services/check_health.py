"""Ask what serving depends on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Thread
from typing import Literal

from pydantic import Field

from marquee.domain.errors import TransientError
from marquee.domain.media import Model

logger = logging.getLogger("marquee.health")

State = Literal["ok", "away"]

# Without it no question can be answered; without the others some can.
ESSENTIAL = "database"
ANSWER_WITHIN_SECONDS = 1.0
# The first time in a process the clients are loaded and connected, which says nothing of what they connect to.
FIRST_ANSWER_WITHIN_SECONDS = 5.0


class Health(Model):
    """`degraded` when any dependency is away; serving is impossible only without the database."""

    status: Literal["ok", "degraded"]
    dependencies: dict[str, State] = Field(
        examples=[{"database": "ok", "cache": "ok", "storage": "ok"}],
        description="What serving needs, and whether it answers.",
    )
    seconds: dict[str, float | None] = Field(
        examples=[{"database": 0.002, "cache": 0.001, "storage": 0.004}],
        description="How long each took to answer; null for one that did not.",
    )

    @property
    def can_serve(self) -> bool:
        return self.dependencies[ESSENTIAL] == "ok"


class Alive(Model):
    """`GET /health/live`: that there is an answer is the answer."""

    status: Literal["alive"] = "alive"


class _Ping(Thread):
    """One question. It may hang for as long as it likes: nobody waits for it longer than he wants."""

    def __init__(self, name: str, ask: Callable[[], object]) -> None:
        super().__init__(name=f"ping-{name}", daemon=True)
        self._ask = ask
        self.seconds: float | None = None
        self.start()

    def run(self) -> None:
        started = time.perf_counter()
        try:
            self._ask()
        except TransientError:
            return
        except Exception:
            logger.exception("%s cannot be asked", self.name)
            return
        self.seconds = round(time.perf_counter() - started, 4)


@dataclass
class CheckHealth:
    """`GET /health`. `pings` by dependency; each raises `TransientError` when it is away. All are asked at once,
    and who has not answered in time is away."""

    pings: Mapping[str, Callable[[], object]]
    answer_within_seconds: float = ANSWER_WITHIN_SECONDS
    first_answer_within_seconds: float = FIRST_ANSWER_WITHIN_SECONDS
    _hanging: dict[str, _Ping] = field(default_factory=dict)

    def __call__(self) -> Health:
        deadline = time.monotonic() + self.first_answer_within_seconds
        self.first_answer_within_seconds = self.answer_within_seconds
        # A dependency that still owes its last answer is not asked again: its threads must not pile up.
        asked = {name: self._still_asked(name) or _Ping(name, ask) for name, ask in self.pings.items()}
        for ping in asked.values():
            ping.join(max(0.0, deadline - time.monotonic()))
        self._hanging = {name: ping for name, ping in asked.items() if ping.is_alive()}
        seconds = {name: None if name in self._hanging else ping.seconds for name, ping in asked.items()}
        dependencies: dict[str, State] = {name: "away" if s is None else "ok" for name, s in seconds.items()}
        degraded = "away" in dependencies.values()
        return Health(status="degraded" if degraded else "ok", dependencies=dependencies, seconds=seconds)

    def _still_asked(self, name: str) -> _Ping | None:
        hanging = self._hanging.get(name)
        return hanging if hanging is not None and hanging.is_alive() else None
