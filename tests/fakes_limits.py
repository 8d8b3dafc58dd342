"""Limits and blocks in memory, as plainly as they can be said: every request's time is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from marquee.domain.abuse import (
    HALF_LIFE_SECONDS,
    STRIKES_SECONDS,
    THRESHOLD_POINTS,
    Block,
    Suspicion,
    block_seconds,
)
from marquee.domain.errors import TransientError
from marquee.domain.limits import Admission, Quota

START_MS = 1_700_000_000_000


@dataclass
class Record:
    """What is known of one address."""

    points: float = 0.0
    at_ms: int = 0
    paths: set[str] = field(default_factory=set)
    strikes: int = 0
    struck_ms: int = 0


class MemoryLimits:
    """`Limiter` and `Watch`; `now_ms` is the clock, `away` makes the list of blocks unreachable."""

    def __init__(self, now_ms: Callable[[], int] = lambda: START_MS) -> None:
        self.now_ms = now_ms
        self.away = False
        self.admitted: dict[str, list[int]] = {}
        self.records: dict[str, Record] = {}
        self.blocked: dict[str, Block] = {}

    def admit(self, key: str, quota: Quota, address: str) -> Admission:
        now, window_ms = self.now_ms(), quota.window_seconds * 1000
        times = [time for time in self.admitted.get(key, []) if time >= now - window_ms]
        admitted = len(times) < quota.limit
        wait_ms = min(times, default=now) + window_ms + 1 - now
        self.admitted[key] = [*times, now] if admitted else times
        return Admission(admitted, quota.limit - len(self.admitted[key]), wait_ms, self.blocked_ms(address))

    def blocked_ms(self, address: str) -> int:
        block = self.blocked.get(address)
        return max(0, round(block.until.timestamp() * 1000) - self.now_ms()) if block else 0

    def report(self, address: str, suspicion: Suspicion) -> Block | None:
        now, record = self.now_ms(), self.records.setdefault(address, Record())
        points = suspicion.again_points if suspicion.path in record.paths else suspicion.points
        record.paths |= {suspicion.path} if suspicion.path is not None else set()
        record.points = record.points * 2 ** (-(now - record.at_ms) / 1000 / HALF_LIFE_SECONDS) + points
        record.at_ms = now
        if record.points < THRESHOLD_POINTS or self.blocked_ms(address):
            return None
        again = now - record.struck_ms < STRIKES_SECONDS * 1000
        strike = record.strikes + 1 if again else 1
        self.records[address] = Record(strikes=strike, struck_ms=now)
        until = datetime.fromtimestamp(now / 1000 + block_seconds(strike), UTC)
        self.blocked[address] = Block(address, suspicion.reason, strike, until)
        return self.blocked[address]

    def blocks(self, limit: int) -> Sequence[Block]:
        if self.away:
            raise TransientError("The list of blocks cannot be reached.")
        valid = [block for address, block in self.blocked.items() if self.blocked_ms(address)]
        return sorted(valid, key=lambda block: block.until)[:limit]

    def unblock(self, address: str) -> bool:
        if self.away:
            raise TransientError("The list of blocks cannot be reached.")
        was_blocked = self.blocked_ms(address) > 0
        self.records.pop(address, None)
        self.blocked.pop(address, None)
        return was_blocked
