"""A circuit breaker: who fails often is left alone for a while, then tried with one call at a time.

The rules are here, pure; `adapters/breaker.py` keeps the state where all instances see it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

BreakerPhase = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """It opens when within `window_seconds` at least `failures` calls fail, and that is `share` of all calls.

    After `open_seconds` single calls try again, each with `probe_seconds` to answer; `successes` of them close it.
    """

    # As long as all these failures may take one after the other: one quiet instance meets a server that hangs,
    # two seconds a call.
    window_seconds: float = 20.0
    failures: int = 5
    share: float = 0.5
    open_seconds: float = 5.0
    probe_seconds: float = 3.0
    successes: int = 2


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to one call. `generation` counts changes of phase: what a call brings counts in its own alone.

    `shared`: given by all instances' breaker, not by this process's own.
    """

    generation: int
    shared: bool = False


@dataclass(frozen=True, slots=True)
class BreakerState:
    """`since`: when the window began (closed) or the phase (open). `probing`: when the last try began, if one runs."""

    phase: BreakerPhase = "closed"
    generation: int = 0
    since: float = 0.0
    calls: int = 0
    failed: int = 0
    probing: float | None = None


class CircuitBreaker(Protocol):
    """Neither method raises."""

    def admit(self) -> Permit | None:
        """The right to call now; None: do not."""
        ...

    def record(self, permit: Permit, *, ok: bool) -> None:
        """How the call went. Failing is what says that the other side is sick, not that it has no such thing."""
        ...


def admit(state: BreakerState, policy: BreakerPolicy, now: float) -> tuple[BreakerState, Permit | None]:
    if state.phase == "closed":
        return state, Permit(state.generation)
    if state.phase == "open":
        if now - state.since < policy.open_seconds:
            return state, None
        state = BreakerState("half_open", state.generation + 1, now)
    elif state.probing is not None and now - state.probing < policy.probe_seconds:
        return state, None
    return replace(state, probing=now), Permit(state.generation)


def record(state: BreakerState, policy: BreakerPolicy, now: float, permit: Permit, *, ok: bool) -> BreakerState:
    if permit.generation != state.generation or state.phase == "open":
        return state
    if state.phase == "half_open":
        return _after_probe(state, policy, now, ok=ok)
    if now - state.since >= policy.window_seconds:
        state = BreakerState("closed", state.generation, now)
    state = replace(state, calls=state.calls + 1, failed=state.failed + (not ok))
    if not ok and state.failed >= policy.failures and state.failed >= policy.share * state.calls:
        return BreakerState("open", state.generation + 1, now)
    return state


def _after_probe(state: BreakerState, policy: BreakerPolicy, now: float, *, ok: bool) -> BreakerState:
    if not ok:
        return BreakerState("open", state.generation + 1, now)
    state = replace(state, calls=state.calls + 1, probing=None)
    if state.calls >= policy.successes:
        return BreakerState("closed", state.generation + 1, now)
    return state
