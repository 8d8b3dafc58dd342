"""The circuit breaker that all instances share, in Valkey; each process has its own for when that is away."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import valkey

from marquee.adapters.valkey_attempts import Attempts, ValkeyAway
from marquee.domain import breaker as rules
from marquee.domain.breaker import BreakerPhase, BreakerPolicy, BreakerState, Permit
from marquee.domain.measures import BREAKER_STATE, measure
from marquee.domain.metrics import UNCOUNTED, Metrics

logger = logging.getLogger("marquee.breaker")

# A breaker nobody asks for a day is forgotten, that is: closed.
TTL_SECONDS = 86_400
_STATES: dict[BreakerPhase, float] = {"closed": 0, "half_open": 1, "open": 2}


def breaker_key(name: str) -> str:
    """Where the phase of breaker `name` lies: field `phase` of a hash."""
    return f"breaker:{name}"


# KEYS[1] the breaker. Times are the server's own unless ARGV[1] gives one (not below 0): clocks of instances differ.
_BEGIN = """
local now = tonumber(ARGV[1])
if now < 0 then local t = redis.call('TIME'); now = tonumber(t[1]) + tonumber(t[2]) / 1000000 end
local h = redis.call('HMGET', KEYS[1], 'phase', 'generation', 'since', 'calls', 'failed', 'probing')
local phase, generation = h[1] or 'closed', tonumber(h[2] or '0')
local since, calls, failed = tonumber(h[3] or '0'), tonumber(h[4] or '0'), tonumber(h[5] or '0')
local probing = tonumber(h[6] or '-1')
local before = phase
local function enter(next_phase)
    phase = next_phase
    generation, since, calls, failed, probing = generation + 1, now, 0, 0, -1
end
local function keep()
    redis.call('HSET', KEYS[1], 'phase', phase, 'generation', generation, 'since', string.format('%.6f', since),
        'calls', calls, 'failed', failed, 'probing', string.format('%.6f', probing))
    redis.call('EXPIRE', KEYS[1], ARGV[2])
end
"""

# ARGV: now, ttl, open seconds, probe seconds → permitted generation or -1, phase before, phase after
_ADMIT = (
    _BEGIN
    + """
if phase == 'closed' then return {generation, before, phase} end
if phase == 'open' then
    if now - since < tonumber(ARGV[3]) then return {-1, before, phase} end
    enter('half_open')
elseif probing >= 0 and now - probing < tonumber(ARGV[4]) then
    return {-1, before, phase}
end
probing = now
keep()
return {generation, before, phase}
"""
)

# ARGV: now, ttl, generation, 1 or 0, window seconds, failures, share, successes → phase before, phase after
_RECORD = (
    _BEGIN
    + """
if tonumber(ARGV[3]) ~= generation or phase == 'open' then return {before, phase} end
local ok = ARGV[4] == '1'
if phase == 'half_open' then
    if not ok then
        enter('open')
    else
        calls, probing = calls + 1, -1
        if calls >= tonumber(ARGV[8]) then enter('closed') end
    end
else
    if now - since >= tonumber(ARGV[5]) then since, calls, failed = now, 0, 0 end
    calls = calls + 1
    if not ok then
        failed = failed + 1
        if failed >= tonumber(ARGV[6]) and failed >= tonumber(ARGV[7]) * calls then enter('open') end
    end
end
keep()
return {before, phase}
"""
)


class LocalBreaker:
    """The rules by this process's clock and memory."""

    def __init__(
        self,
        policy: BreakerPolicy,
        *,
        clock: Callable[[], float] = time.monotonic,
        changed: Callable[[BreakerPhase, BreakerPhase], None] = lambda before, after: None,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._changed = changed
        self._lock = threading.Lock()
        self._state = BreakerState()

    @property
    def phase(self) -> BreakerPhase:
        return self._state.phase

    def admit(self) -> Permit | None:
        with self._lock:
            before = self._state.phase
            self._state, permit = rules.admit(self._state, self._policy, self._clock())
            after = self._state.phase
        self._changed(before, after)
        return permit

    def record(self, permit: Permit, *, ok: bool) -> None:
        with self._lock:
            before = self._state.phase
            self._state = rules.record(self._state, self._policy, self._clock(), permit, ok=ok)
            after = self._state.phase
        self._changed(before, after)


class SharedBreaker:
    """`name` tells breakers apart (`tmdb`); `clock` only where a test drives the time."""

    def __init__(
        self,
        client: valkey.Valkey,
        name: str,
        *,
        policy: BreakerPolicy | None = None,
        attempts: Attempts | None = None,
        metrics: Metrics = UNCOUNTED,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._name = name
        self._key = breaker_key(name)
        self._policy = policy or BreakerPolicy()
        self._attempts = attempts or Attempts()
        self._metrics = metrics
        self._clock = clock
        self._admit = client.register_script(_ADMIT)
        self._record = client.register_script(_RECORD)
        self._own = LocalBreaker(self._policy, clock=clock or time.monotonic, changed=self._tell)

    def admit(self) -> Permit | None:
        policy = self._policy
        try:
            generation, before, after = self._attempts.run(
                lambda: self._admit(
                    keys=[self._key], args=[self._now(), TTL_SECONDS, policy.open_seconds, policy.probe_seconds]
                )
            )
        except ValkeyAway:
            return self._own.admit()
        self._tell(before, after)
        return Permit(int(generation), shared=True) if int(generation) >= 0 else None

    def record(self, permit: Permit, *, ok: bool) -> None:
        if not permit.shared:
            self._own.record(permit, ok=ok)
            return
        policy = self._policy
        args = [self._now(), TTL_SECONDS, permit.generation, int(ok)]
        args += [policy.window_seconds, policy.failures, policy.share, policy.successes]
        try:
            before, after = self._attempts.run(lambda: self._record(keys=[self._key], args=args))
        except ValkeyAway:
            return
        self._tell(before, after)

    def _now(self) -> float:
        return -1 if self._clock is None else self._clock()

    def _tell(self, before: BreakerPhase, after: BreakerPhase) -> None:
        if before != after:
            logger.warning("breaker %s: %s → %s", self._name, before, after, extra={"breaker": self._name, "to": after})
            measure({BREAKER_STATE: _STATES[after]}, breaker=self._name)
            self._metrics.count("breaker_transitions", {"breaker": self._name, "from": before, "to": after})
