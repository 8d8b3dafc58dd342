"""The request that is being answered, for what stands beside its handler."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from marquee.domain.identity import NOBODY, Principal


@dataclass(slots=True)
class Scope:
    """`target`: method and path. `replayed` is set by whoever answers with what was answered before."""

    caller: Principal
    target: str
    replayed: bool = False


current_scope: ContextVar[Scope | None] = ContextVar("current_scope", default=None)


def scope() -> Scope:
    """The current one; outside of any request that of nobody."""
    return current_scope.get() or Scope(NOBODY, "")
