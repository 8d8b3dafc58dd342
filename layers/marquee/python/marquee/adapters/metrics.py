"""Counters of all processes in Valkey (`domain.metrics.Metrics`): one hash, a field a series.

Nobody waits for them. Counts of one request go out together in one write; what Valkey answers is read and thrown
away before the next. When it is away, counts are lost for a while and nothing else happens.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping

import valkey

from marquee.domain.errors import TransientError
from marquee.domain.metrics import NO_LABELS, bucket_of, series

logger = logging.getLogger("marquee.metrics")

KEY = "metrics:counters"
# Counters of a service that nobody has used for so long start again; Prometheus expects that of counters.
TTL_SECONDS = 30 * 24 * 3600
REST_SECONDS = 5.0
# A process that may not send keeps this many series, then forgets: its memory is for requests.
MAX_PENDING = 500


class ValkeyMetrics:
    """Counts gather in memory until `flush`, which a function's entry calls once a request."""

    def __init__(self, client: valkey.Valkey, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._monotonic = monotonic
        self._rest_until = float("-inf")
        # Of its own: answers that nobody waits for must not reach others.
        self._connection = client.connection_pool.make_connection()
        self._open = False
        self._unread = 0
        self._sent_at = float("-inf")
        self._counts: Counter[str] = Counter()
        self._sums: dict[str, float] = {}

    def count(self, name: str, labels: Mapping[str, str] = NO_LABELS, n: int = 1) -> None:
        self._counts[series(f"{name}_total", labels)] += n

    def observe(self, name: str, seconds: float, labels: Mapping[str, str] = NO_LABELS) -> None:
        self._counts[series(f"{name}_seconds_bucket", {**labels, "le": bucket_of(seconds)})] += 1
        total = series(f"{name}_seconds_sum", labels)
        self._sums[total] = self._sums.get(total, 0.0) + seconds

    def flush(self) -> None:
        if not self._counts or self._monotonic() < self._rest_until:
            return self._keep_small()
        try:
            if self._heard():
                self._send()
        except (valkey.ValkeyError, OSError) as error:
            self._rest_until = self._monotonic() + REST_SECONDS
            # Sent or not is not known: a count may be lost, it is never there twice.
            self._forget()
            logger.warning("counts are lost: %s", error)
        return self._keep_small()

    def settle(self) -> None:
        """Wait for what was sent to be counted, for processes that end."""
        try:
            while self._unread:
                self._connection.read_response()
                self._unread -= 1
        except valkey.ValkeyError:
            self._hang_up()

    def close(self) -> None:
        self.settle()
        self._hang_up()

    def read(self) -> Mapping[str, float]:
        try:
            found: Mapping[str, str] = self._client.hgetall(KEY)  # type: ignore[assignment]  # text, by `connect`
        except valkey.ValkeyError as error:
            raise TransientError("The counters cannot be reached.") from error
        return {name: float(value) for name, value in found.items()}

    def _heard(self) -> bool:
        """Whether all of the last write is answered. Until then nothing more is sent: a server that hangs must
        not fill our buffers, nor stop us. A connection that was closed meanwhile is made anew by `_send`."""
        try:
            # also with nothing outstanding: only reading tells that the other side hung up
            while self._open and self._connection.can_read(timeout=0):
                self._connection.read_response()
                self._unread -= 1
        except valkey.ValkeyError:
            self._hang_up()
        if self._unread and self._monotonic() - self._sent_at > REST_SECONDS:
            self._hang_up()
        return not self._unread

    def _hang_up(self) -> None:
        self._connection.disconnect()
        self._open, self._unread = False, 0

    def _send(self) -> None:
        # taken away first: other threads go on counting
        counts, self._counts = self._counts, Counter()
        sums, self._sums = self._sums, {}
        commands: list[tuple[object, ...]] = [("HINCRBY", KEY, name, n) for name, n in counts.items()]
        commands += [("HINCRBYFLOAT", KEY, name, f"{value:.6f}") for name, value in sums.items()]
        commands.append(("EXPIRE", KEY, TTL_SECONDS))
        self._connection.send_packed_command(self._connection.pack_commands(commands), check_health=False)
        self._open, self._unread, self._sent_at = True, len(commands), self._monotonic()

    def _keep_small(self) -> None:
        if len(self._counts) > MAX_PENDING:
            self._forget()

    def _forget(self) -> None:
        self._counts.clear()
        self._sums.clear()
