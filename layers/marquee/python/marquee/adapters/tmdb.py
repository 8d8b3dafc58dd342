"""TMDB's API: asked politely (token bucket, Retry-After), briefly (one deadline) and not while it is sick (breaker)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from marquee.adapters.tmdb_answers import parsed, read_details, read_page
from marquee.adapters.tmdb_token import NoToken, Token
from marquee.adapters.tmdb_transport import NoAnswer, Response, Transport
from marquee.domain.breaker import CircuitBreaker
from marquee.domain.bucket import TokenBucket
from marquee.domain.deadline import Deadline
from marquee.domain.errors import TransientError
from marquee.domain.movie_source import TmdbMovie

CALL_SECONDS = 2.0
# All of TMDB's answers that we keep are kept under this many calls a second, over all instances.
CALLS_A_SECOND = 20
ATTEMPTS = 3
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 0.5

Result = TypeVar("Result")


class TooManyCalls(TransientError):
    """Our own limit: the next token would come too late. That says nothing about TMDB."""


class TmdbClient:
    """Each call ends within `CALL_SECONDS`, and what is left of the caller's time. Raises `TransientError`."""

    def __init__(
        self,
        url: str,
        token: Token,
        *,
        transport: Transport,
        breaker: CircuitBreaker,
        bucket: TokenBucket,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._transport = transport
        self._breaker = breaker
        self._bucket = bucket
        self._monotonic = monotonic
        self._sleep = sleep

    def search(
        self, query: str, *, page: int, year: int | None, language: str | None, deadline: Deadline
    ) -> list[TmdbMovie]:
        asked = {"query": query, "page": page, "year": year, "language": language, "include_adult": "false"}
        return self._ask("/search/movie", asked, read_page, deadline) or []

    def details(self, tmdb_id: int, *, deadline: Deadline) -> TmdbMovie | None:
        return self._ask(f"/movie/{tmdb_id}", {}, read_details, deadline)

    def popular(self, *, page: int, deadline: Deadline) -> list[TmdbMovie]:
        return self._ask("/movie/popular", {"page": page}, read_page, deadline) or []

    def _ask(
        self, path: str, asked: Mapping[str, object], read: Callable[[Any], Result], deadline: Deadline
    ) -> Result | None:
        """What `read` makes of the answer; None for 404."""
        permit = self._breaker.admit()
        if permit is None:
            raise TransientError("TMDB is left alone for a while.")
        ok = False
        try:
            response = self._answer(_address(self._url + path, asked), deadline.within(CALL_SECONDS))
            result = None if response.status == 404 else read(parsed(response.body))
            ok = True
        except (TooManyCalls, NoToken):
            ok = True
            raise
        finally:
            self._breaker.record(permit, ok=ok)
        return result

    def _answer(self, url: str, deadline: Deadline) -> Response:
        """An answer of 200 or 404, after a few tries."""
        for attempt in range(1, ATTEMPTS + 1):
            response = self._try(url, deadline)
            if response.status in (200, 404):
                return response
            pause = _pause(attempt, response)
            if pause is None or attempt == ATTEMPTS or pause >= deadline.remaining():
                raise TransientError(_said(response))
            self._sleep(pause)
        raise AssertionError("unreachable")

    def _try(self, url: str, deadline: Deadline) -> Response:
        token = self._token.get()
        response = self._send(url, token, deadline)
        if response.status == 401 and self._token.renew(token):
            return self._send(url, self._token.get(), deadline)
        return response

    def _send(self, url: str, token: str, deadline: Deadline) -> Response:
        """Status 0 stands for no answer."""
        wait = self._bucket.take(wait_at_most=deadline.remaining())
        if wait is None:
            raise TooManyCalls("TMDB is asked as often as it may be.")
        if wait > 0:
            self._sleep(wait)
        left = deadline.remaining()
        if left <= 0:
            raise TooManyCalls("The turn to ask TMDB came too late.")
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Encoding": "gzip"}
        try:
            return self._transport.get(url, headers=headers, timeout_seconds=left)
        except NoAnswer:
            return Response(status=0)


def _address(url: str, asked: Mapping[str, object]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"{url}?{query}" if query else url


def _pause(attempt: int, response: Response) -> float | None:
    """Seconds until the next try: full jitter under a doubling cap, and never less than the other side wants.
    None: trying again cannot help."""
    if response.status not in (0, 429) and response.status < 500:
        return None
    pause = random.uniform(0, min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt))  # noqa: S311
    wanted = response.retry_after or ""
    return max(pause, float(wanted)) if wanted.isascii() and wanted.isdigit() else pause


def _said(response: Response) -> str:
    return f"TMDB answered {response.status}." if response.status else "TMDB did not answer."
