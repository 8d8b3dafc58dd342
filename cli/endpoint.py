"""A Marquee's HTTP API as the command line sees it."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urljoin

import urllib3

Json = dict[str, Any]

TIMEOUT = urllib3.Timeout(connect=5, read=35)  # the API itself ends a call after 30 s
ATTEMPTS = 6
DEFAULT_SITE = "http://127.0.0.1:8080"
RETRIED_STATUSES = frozenset({429, 502, 503, 504})


class EndpointError(Exception):
    """The API refused, or could not be reached; `code` is the problem's code, `status` the HTTP status or 0."""

    def __init__(self, message: str, *, code: str, status: int = 0) -> None:
        super().__init__(message)
        self.message, self.code, self.status = message, code, status


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json
    etag: str | None


class Endpoint:
    """Calls `{site}/api/v1/…`; retries what is safe to send again, with jitter and a cap."""

    def __init__(
        self,
        site: str,
        token: Callable[[], str | None] = lambda: None,
        renewed: Callable[[str], str | None] = lambda refused: None,
    ) -> None:
        """`token` gives the access token to send with a call, or None; `renewed` another for one that was refused."""
        self.site = site.rstrip("/")
        self._token = token
        self._renewed = renewed
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False, maxsize=8)

    def url(self, path: str | None) -> str | None:
        """The absolute form of a root-relative address in an answer."""
        return urljoin(self.site + "/", path) if path else None

    def get(self, path: str, **query: str) -> Json:
        return self.call("GET", path, query=query).body

    def post(self, path: str, body: Json | None = None, *, idempotency_key: str | None = None) -> Json:
        headers = {"idempotency-key": idempotency_key} if idempotency_key else {}
        return self.call("POST", path, body=body if body is not None else {}, headers=headers).body

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One call of the API.

        Raises `EndpointError` with the problem's own sentence, or `unreachable` when nobody answers.
        """
        sent = {"accept": "application/json", **(headers or {})}
        if body is not None:
            sent["content-type"] = "application/json"
        response = self._send_signed_in(method, path, sent, json.dumps(body) if body is not None else None, query)
        if response.status == 304:
            return Answer(304, {}, response.headers.get("etag"))
        answer = _json_of(response)
        if response.status == 401:
            raise EndpointError(self._sign_in_first(), code="unauthenticated", status=401)
        if response.status >= 400:
            raise EndpointError(
                _sentence(answer) or f"The API answered {response.status}.",
                code=answer.get("code", "http_error"),
                status=response.status,
            )
        return Answer(response.status, answer, response.headers.get("etag"))

    def _sign_in_first(self) -> str:
        return f"Sign in first: `marquee login{option_for(self.site)}`."

    def _send_signed_in(
        self, method: str, path: str, headers: dict[str, str], body: str | None, query: Mapping[str, str] | None
    ) -> urllib3.BaseHTTPResponse:
        """A token that is not taken is renewed once: it may have been revoked, or the clocks differ."""
        token = self._token()
        response = self._send(method, path, headers | _bearer(token), body, query)
        other = self._renewed(token) if token and response.status == 401 else None
        if other is None or other == token:
            return response
        return self._send(method, path, headers | _bearer(other), body, query)

    def _send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: str | None,
        query: Mapping[str, str] | None,
    ) -> urllib3.BaseHTTPResponse:
        if not self.site.startswith(("http://", "https://")):
            raise EndpointError(f"An endpoint is an address such as {DEFAULT_SITE}.", code="no_address")
        # Every POST of this API may be sent twice: creation carries an Idempotency-Key, the others are idempotent.
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = self._pool.request(
                    method,
                    f"{self.site}/api/v1{path}",
                    headers=headers,
                    body=body,
                    fields=dict(query) if query else None,
                )
            except urllib3.exceptions.HTTPError as error:
                if attempt == ATTEMPTS or _refused(error):
                    raise EndpointError(
                        f"No Marquee answers at {self.site}; start one with `marquee up`, or name it with --endpoint.",
                        code="unreachable",
                    ) from error
            else:
                if response.status not in RETRIED_STATUSES or attempt == ATTEMPTS:
                    return response
            time.sleep(pause_before(attempt))
        raise AssertionError("the loop returns or raises")


def option_for(site: str) -> str:
    """What a command needs besides to be meant for this site."""
    return "" if site == DEFAULT_SITE else f" --endpoint {site}"


def _sentence(problem: Json) -> str:
    """What is wrong; of a request that is not valid also where."""
    wrong = [f"{error.get('location')}: {error.get('message')}" for error in problem.get("errors") or ()]
    return " ".join([str(problem.get("detail") or problem.get("title") or ""), *wrong])


def _bearer(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def pause_before(attempt: int) -> float:
    """Seconds to wait before try number `attempt + 1`: full jitter under a doubling cap of at most 8 s."""
    return random.uniform(0.1, min(8.0, 0.5 * 2**attempt))  # noqa: S311 -- spreads load, guards nothing


def _refused(error: urllib3.exceptions.HTTPError) -> bool:
    return isinstance(error, urllib3.exceptions.NewConnectionError | urllib3.exceptions.LocationParseError)


def _json_of(response: urllib3.BaseHTTPResponse) -> Json:
    if not response.data:
        return {}
    try:
        return cast(Json, json.loads(response.data))
    except ValueError as error:
        raise EndpointError(
            f"What answers there ({response.status}) is not Marquee's API.",
            code="not_marquee",
            status=response.status,
        ) from error
