"""Ask what serving depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from marquee.domain.errors import TransientError
from marquee.domain.media import Model

State = Literal["ok", "away"]

# Without it no question can be answered; without the others some can.
ESSENTIAL = "database"


class Health(Model):
    """`degraded` when any dependency is away; serving is impossible only without the database."""

    status: Literal["ok", "degraded"]
    dependencies: dict[str, State]

    @property
    def can_serve(self) -> bool:
        return self.dependencies[ESSENTIAL] == "ok"


@dataclass(frozen=True)
class CheckHealth:
    """`GET /health`. `pings` by dependency; each raises `TransientError` when it is away."""

    pings: Mapping[str, Callable[[], object]]

    def __call__(self) -> Health:
        dependencies = {name: _state(ping) for name, ping in self.pings.items()}
        away = any(state != "ok" for state in dependencies.values())
        return Health(status="degraded" if away else "ok", dependencies=dependencies)


def _state(ping: Callable[[], object]) -> State:
    try:
        ping()
    except TransientError:
        return "away"
    return "ok"
