"""The revocation list in CloudFront's key-value store (`domain.playback.RevocationList`)."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

import urllib3

from marquee.adapters.credentials import ProcessCredentials
from marquee.adapters.sigv4 import query_string
from marquee.adapters.sigv4a import signed_headers
from marquee.domain.errors import TransientError

SERVICE = "cloudfront-keyvaluestore"
TIMEOUT = urllib3.Timeout(connect=2.0, read=5.0)
ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0
PAGE = 50  # the most that one answer lists
DROPPED_AT_ONCE = 50  # the most that one change may take away


class EdgeRevocations:
    """Entries are changed by compare-and-set: who comes between is seen, and the change is made anew."""

    def __init__(self, store_arn: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._path = f"/key-value-stores/{quote(store_arn, safe='')}"
        self._url = os.environ.get("AWS_ENDPOINT_URL") or _address_of(store_arn)
        self._credentials = ProcessCredentials()
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False)
        self._sleep = sleep

    def ends(self, names: tuple[str, ...]) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for name in names:
            answer = self._asked("GET", f"/keys/{quote(name, safe='')}")
            if answer.status == 200:
                found[name] = int(answer.json()["Value"])
        return found

    def add(self, name: str, until: int) -> None:
        def change() -> dict[str, Any] | None:
            if self.ends((name,)).get(name, 0) >= until:
                return None
            return {"Puts": [{"Key": name, "Value": str(until)}]}

        self._change(change)

    def drop_ended(self, now: int) -> int:
        ended = [name for name, until in self._entries() if until < now]
        for start in range(0, len(ended), DROPPED_AT_ONCE):
            self._change(partial(self._still_ended, ended[start : start + DROPPED_AT_ONCE], now))
        return len(ended)

    def _still_ended(self, names: list[str], now: int) -> dict[str, Any] | None:
        """Some may have been prolonged, or dropped by another, since they were listed."""
        ended = [name for name, until in self.ends(tuple(names)).items() if until < now]
        return {"Deletes": [{"Key": name} for name in ended]} if ended else None

    def _entries(self) -> Iterator[tuple[str, int]]:
        query = {"MaxResults": str(PAGE)}
        while True:
            page = self._asked("GET", "/keys", query=query).json()
            yield from ((item["Key"], int(item["Value"])) for item in page.get("Items", ()))
            if not page.get("NextToken"):
                return
            query = {**query, "NextToken": page["NextToken"]}

    def _change(self, make: Callable[[], dict[str, Any] | None]) -> None:
        """`make` looks at the list as it is and says what to change; None: nothing."""
        for attempt in range(ATTEMPTS):
            seen = self._asked("GET", "").headers["ETag"]
            change = make()
            if change is None:
                return
            answer = self._asked("POST", "/keys", body=json.dumps(change).encode(), seen=seen)
            if answer.status == 200:
                return
            self._sleep(random.uniform(0, min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt)))  # noqa: S311
        raise TransientError("The revocation list is being changed by others.")

    def _asked(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: bytes = b"", seen: str = ""
    ) -> urllib3.BaseHTTPResponse:
        """200, 404 and conflicts (409, 412) are answers; everything else says that the list is away."""
        url, query = f"{self._url}{self._path}{path}", query or {}
        headers = {"Content-Type": "application/json", **({"If-Match": seen} if seen else {})}
        signed = signed_headers(SERVICE, method, url, query, headers, body, self._credentials())
        try:
            answer = self._pool.request(
                method, f"{url}?{query_string(query)}" if query else url, headers=signed, body=body or None
            )
        except urllib3.exceptions.HTTPError as error:
            raise TransientError("The revocation list cannot be reached.") from error
        if answer.status in {200, 404, 409, 412}:
            return answer
        raise TransientError(f"The revocation list answers {answer.status}.")


def _address_of(store_arn: str) -> str:
    return f"https://{store_arn.split(':')[4]}.cloudfront-kvs.global.api.aws"
