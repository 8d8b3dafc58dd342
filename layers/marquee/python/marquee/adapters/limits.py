"""Limits and blocks in Valkey (`domain.limits.Limiter`, `domain.abuse.Watch`), one round trip a request.

Not by the package `limits`: docs/adr/0008 says why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import valkey
from valkey.exceptions import NoScriptError, ValkeyError

from marquee.adapters.limit_scripts import ADMIT, REPORT
from marquee.adapters.moving_window import ProcessLimiter
from marquee.adapters.valkey_attempts import Attempts, ValkeyAway
from marquee.domain import abuse
from marquee.domain.abuse import Block, Reason, Suspicion
from marquee.domain.errors import TransientError
from marquee.domain.limits import Admission, Limiter, Quota

BLOCK_INDEX = "block:index"

Result = TypeVar("Result")


class ValkeyLimits:
    """Both ports over one connection. While Valkey is away `alone` counts; one request in each rest of `attempts`
    pays for a try. `now_ms` replaces the server's clock in tests."""

    def __init__(
        self,
        client: valkey.Valkey,
        *,
        attempts: Attempts | None = None,
        alone: Limiter | None = None,
        now_ms: Callable[[], int] | None = None,
    ) -> None:
        self._client = client
        self._attempts = attempts or Attempts()
        self._alone = alone or ProcessLimiter()
        self._now_ms = now_ms
        self._admit_sha = hashlib.sha1(ADMIT.encode(), usedforsecurity=False).hexdigest()
        self._report = client.register_script(REPORT)

    def admit(self, key: str, quota: Quota, address: str) -> Admission:
        def ask() -> Admission:
            counted, blocked = self._counted(f"limit:{key}", quota, address)
            admitted, remaining, wait_ms = counted
            return Admission(admitted == 1, remaining, wait_ms, max(0, blocked))

        return self._or_alone(ask, lambda: self._alone.admit(key, quota, address))

    def report(self, address: str, suspicion: Suspicion) -> Block | None:
        return self._or_alone(lambda: self._scored(address, suspicion), lambda: None)

    def blocks(self, limit: int) -> Sequence[Block]:
        with _translated():
            now = self._time_ms()
            self._client.zremrangebyscore(BLOCK_INDEX, "-inf", now)
            addresses: Any = self._client.zrange(BLOCK_INDEX, 0, limit - 1)
            pipe: Any = self._client.pipeline(transaction=False)
            with pipe:
                for address in addresses:
                    pipe.get(_block_key(address))
                found = pipe.execute()
        return [_block(address, json.loads(text)) for address, text in zip(addresses, found, strict=True) if text]

    def unblock(self, address: str) -> bool:
        pipe: Any = self._client.pipeline(transaction=False)
        with _translated(), pipe:
            pipe.delete(_block_key(address))
            pipe.delete(*_score_keys(address))
            pipe.zrem(BLOCK_INDEX, address)
            removed = pipe.execute()
        return bool(removed[0])

    def _counted(self, key: str, quota: Quota, address: str) -> tuple[list[int], int]:
        arguments = (key, str(quota.limit), str(quota.window_seconds * 1000), self._clock())
        pipe: Any = self._client.pipeline(transaction=False)  # the client leaves its pipelines untyped
        with pipe:
            pipe.evalsha(self._admit_sha, 1, *arguments)
            pipe.pttl(_block_key(address))
            counted, blocked = pipe.execute(raise_on_error=False)
        if isinstance(counted, NoScriptError):  # a server that has just started; EVAL teaches it
            counted = self._client.eval(ADMIT, 1, *arguments)
        for answer in (counted, blocked):
            if isinstance(answer, ValkeyError):
                raise answer
        return counted, blocked

    def _scored(self, address: str, suspicion: Suspicion) -> Block | None:
        blocked, strike, until_ms = self._report(
            keys=[*_score_keys(address), _block_key(address)],
            args=[
                suspicion.points,
                suspicion.again_points,
                suspicion.path or "",
                abuse.HALF_LIFE_SECONDS * 1000,
                abuse.THRESHOLD_POINTS,
                abuse.FIRST_BLOCK_SECONDS * 1000,
                abuse.BLOCK_GROWTH,
                abuse.LONGEST_BLOCK_SECONDS * 1000,
                abuse.STRIKES_SECONDS * 1000,
                suspicion.reason,
                self._clock(),
            ],
        )
        if not int(blocked):
            return None
        pipe: Any = self._client.pipeline(transaction=False)
        with pipe:
            pipe.zadd(BLOCK_INDEX, {address: int(until_ms)})
            pipe.expire(BLOCK_INDEX, abuse.LONGEST_BLOCK_SECONDS + 3600)
            pipe.execute()
        return Block(address, suspicion.reason, int(strike), _moment(int(until_ms)))

    def _or_alone(self, ask: Callable[[], Result], alone: Callable[[], Result]) -> Result:
        try:
            answer: Result = self._attempts.run(ask)
        except ValkeyAway:
            return alone()
        return answer

    def _clock(self) -> str:
        return "" if self._now_ms is None else str(self._now_ms())

    def _time_ms(self) -> int:
        if self._now_ms is not None:
            return self._now_ms()
        seconds, microseconds = self._client.time()  # type: ignore[misc]  # the client's types allow for awaitables
        return int(seconds) * 1000 + int(microseconds) // 1000


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ValkeyError as error:
        raise TransientError("The list of blocks cannot be reached.") from error


def _score_keys(address: str) -> list[str]:
    # one slot of the cluster for all that one script touches
    return [f"score:{{{address}}}", f"score:{{{address}}}:paths", f"score:{{{address}}}:strikes"]


def _block_key(address: str) -> str:
    return f"block:{{{address}}}"


def _block(address: str, stored: dict[str, Any]) -> Block:
    reason: Reason = stored["reason"]
    return Block(address, reason, int(stored["strike"]), _moment(int(stored["until_ms"])))


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
