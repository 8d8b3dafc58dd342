"""Asks one server, and no other, for somebody who cannot."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Protocol

from marquee.domain.errands import Errand, Found
from marquee.domain.errors import PermanentError, TransientError


class Reply(Protocol):
    """What a server answered."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def retry_after(self) -> str | None: ...


class Getter(Protocol):
    def get(self, url: str, *, headers: Mapping[str, str], timeout_seconds: float) -> Reply:
        """The whole answer; raises `TransientError` where there is none."""
        ...


class RunErrand:
    """`url`: below it lies all that may be asked."""

    def __init__(self, url: str, getter: Getter) -> None:
        self._below = url.rstrip("/") + "/"
        self._getter = getter

    def __call__(self, errand: Errand) -> Found:
        if not errand.url.startswith(self._below) or ".." in errand.url:
            raise PermanentError("Nothing is asked there.")
        try:
            reply = self._getter.get(errand.url, headers=errand.headers, timeout_seconds=errand.seconds)
        except TransientError:
            return Found()
        return Found(status=reply.status, body=base64.b64encode(reply.body).decode(), retry_after=reply.retry_after)
