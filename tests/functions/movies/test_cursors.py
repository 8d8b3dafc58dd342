"""Cursors that somebody made himself: refused, and never an error of ours."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from movies.handler import lambda_handler
from movies.wiring import wiring

from tests.functions.movies.films import BASE, get, own
from tests.platform import Platform

HALF_A_CHARACTER = "\ud800"
LISTS = ("?sort=popular", "?sort=featured", "?sort=newest", "?sort=title", "/search?q=star")
ODD_VALUES: dict[str, object] = {
    "eight bytes and more": 10**19,
    "less than eight bytes can say": -(10**19),
    "more than a float can say": 10**310,
    "not a number": float("nan"),
    "infinite": float("inf"),
    "half a character": HALF_A_CHARACTER,
    "nothing": None,
    "an operator": {"$gt": ""},
    "a list": [1],
}


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring):
        for _ in range(2):
            own(platform, "Star", featured=True)
        yield


def given(platform: Platform, path: str) -> list[Any]:
    """What is in the cursor of the first page."""
    cursor = get(platform, f"{path}&limit=1")["next_cursor"]
    held = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    assert isinstance(held, list)
    return held


def is_refused(platform: Platform, path: str, held: object) -> bool:
    cursor = base64.urlsafe_b64encode(json.dumps(held).encode()).decode()
    answer = platform.call(lambda_handler, "GET", f"{BASE}{path}&cursor={cursor}")
    # the longest number makes a cursor that is too long
    return answer.status == 422 and answer.body["code"] in ("invalid_cursor", "invalid_request")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("odd_value", ODD_VALUES)
def test_a_place_that_is_none_is_refused(platform: Platform, path: str, odd_value: str) -> None:
    digest, window, after = given(platform, path)
    for index in range(len(after)):
        odd = [*after[:index], ODD_VALUES[odd_value], *after[index + 1 :]]
        assert is_refused(platform, path, [digest, window, odd])


@pytest.mark.parametrize("path", LISTS)
def test_a_window_or_form_that_is_none_is_refused(platform: Platform, path: str) -> None:
    digest, window, after = given(platform, path)
    made = [
        [digest, -1, after],
        [digest, 501, None],
        [digest, 10**19, None],
        [digest, str(window), after],
        [digest, window, [*after, 1]],
        [digest, window, "".join(map(str, after))],
        [digest, window],
        [digest, window, after, 1],
        {"before": after},
    ]
    for held in made:
        assert is_refused(platform, path, held)
