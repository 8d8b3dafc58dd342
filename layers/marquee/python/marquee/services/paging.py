"""Cursors: opaque to clients, so that what a page is cut by may change."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from marquee.domain.errors import InvalidRequest

DEFAULT_LIMIT = 20
MAX_LIMIT = 100


class HasId(Protocol):
    """Whatever a list is made of."""

    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=HasId)


def encode_cursor(last_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps({"before": last_id}).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> str | None:
    """The id that the page starts after; raises `InvalidRequest` for a cursor that we never gave."""
    if cursor is None:
        return None
    held = unpacked(cursor)
    before = held.get("before") if isinstance(held, dict) else None
    if not isinstance(before, str):
        raise invalid_cursor()
    return before


def unpacked(cursor: str) -> Any:
    """The JSON in a cursor, all of it text that a store can take; raises `InvalidRequest` where there is none."""
    try:
        held = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        json.dumps(held, ensure_ascii=False).encode()  # an escape can write half a character, which is none
    except (ValueError, RecursionError) as error:
        raise invalid_cursor() from error
    return held


def invalid_cursor() -> InvalidRequest:
    return InvalidRequest("The cursor is not one of ours for this question.", code="invalid_cursor")


def read_page(
    read: Callable[[int, str | None], Sequence[Item]], limit: int, cursor: str | None
) -> tuple[Sequence[Item], str | None]:
    """One page of `read(limit, before)` and the cursor of the next, None after the last."""
    found = read(limit + 1, decode_cursor(cursor))
    page = found[:limit]
    return page, encode_cursor(page[-1].id) if len(found) > limit else None
