"""The token bucket of all instances, in Valkey; when that is away, a small one of each process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import valkey

from marquee.adapters.valkey_attempts import Attempts, ValkeyAway
from marquee.domain.bucket import FORGET_SECONDS, Tokens

# How many processes there are is not known when Valkey is away: each takes a fifth.
OWN_SHARE = 5

# KEYS[1]: the moments of the last tokens. ARGV: now (-1: the server's), size, period, longest wait, ttl, all in
# seconds → the wait in microseconds, or -1
_TAKE = """
local now = tonumber(ARGV[1])
if now < 0 then local t = redis.call('TIME'); now = tonumber(t[1]) + tonumber(t[2]) / 1000000 end
local size, moment = tonumber(ARGV[2]), now
if redis.call('LLEN', KEYS[1]) >= size then
    moment = math.max(now, tonumber(redis.call('LINDEX', KEYS[1], 0)) + tonumber(ARGV[3]))
end
if moment - now > tonumber(ARGV[4]) then return -1 end
redis.call('RPUSH', KEYS[1], string.format('%.6f', moment))
redis.call('LTRIM', KEYS[1], -size, -1)
redis.call('EXPIRE', KEYS[1], ARGV[5])
return math.ceil((moment - now) * 1000000)
"""


class LocalBucket:
    """The rule by this process's clock and memory."""

    def __init__(self, size: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._tokens = Tokens(size)
        self._clock = clock
        self._lock = threading.Lock()

    def take(self, *, wait_at_most: float) -> float | None:
        with self._lock:
            return self._tokens.take(self._clock(), wait_at_most)


class SharedBucket:
    """`size` tokens a second over all instances; `clock` only where a test drives the time."""

    def __init__(
        self,
        client: valkey.Valkey,
        name: str,
        *,
        size: int,
        attempts: Attempts | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._key = f"bucket:{name}"
        self._size = size
        self._attempts = attempts or Attempts()
        self._clock = clock
        self._take = client.register_script(_TAKE)
        self._own = LocalBucket(max(1, size // OWN_SHARE), clock=clock or time.monotonic)

    def take(self, *, wait_at_most: float) -> float | None:
        now = -1 if self._clock is None else self._clock()
        args = [now, self._size, 1.0, wait_at_most, FORGET_SECONDS]
        try:
            microseconds = int(self._attempts.run(lambda: self._take(keys=[self._key], args=args)))
        except ValkeyAway:
            return self._own.take(wait_at_most=wait_at_most)
        return None if microseconds < 0 else microseconds / 1_000_000
