"""`reference` through its real entry."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from reference.handler import lambda_handler
from reference.wiring import wiring

from tests.platform import CONTEXT, Platform, http_event
from tools.openapi.document import PATH
from tools.openapi.problems import read_problems


class Seen(HTMLParser):
    """What a page consists of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        if given.get("href"):
            self.links.add(str(given["href"]))


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring):
        yield


def page() -> tuple[str, str]:
    answer = lambda_handler(http_event("GET", "/api/v1/docs"), CONTEXT)
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "text/html; charset=utf-8")
    return answer["body"], answer["headers"]["content-security-policy"]


def test_the_description_is_the_committed_one_and_is_sent_once(platform: Platform) -> None:
    first = lambda_handler(http_event("GET", "/api/v1/openapi.json"), CONTEXT)
    known = {"If-None-Match": first["headers"]["etag"]}
    again = lambda_handler(http_event("GET", "/api/v1/openapi.json", None, known), CONTEXT)

    assert (first["headers"]["content-type"], first["body"]) == ("application/json", PATH.read_text())
    assert again["statusCode"] == 304


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/docs"])
def test_what_is_for_all_is_the_same_packed_however_often_it_is_asked_for(path: str) -> None:
    plain = lambda_handler(http_event("GET", path), CONTEXT)
    packed = [lambda_handler(http_event("GET", path, None, {"Accept-Encoding": "gzip"}), CONTEXT) for _ in range(2)]

    assert plain["headers"]["cache-control"] == "public, no-cache"
    assert [gzip.decompress(base64.b64decode(answer["body"])).decode() for answer in packed] == [plain["body"]] * 2


def test_the_page_explains_every_operation_and_problem() -> None:
    seen = Seen(page()[0])
    operations = set(re.findall(r'"operationId": "(\w+)"', PATH.read_text()))

    assert len(seen.ids) == len(set(seen.ids))
    assert operations | {problem["code"] for problem in read_problems()} <= set(seen.ids)


def test_links_of_the_page_lead_somewhere() -> None:
    seen = Seen(page()[0])
    inside = {link[1:] for link in seen.links if link.startswith("#")}

    assert inside <= set(seen.ids)
    assert seen.links - {f"#{name}" for name in inside} <= {"/api/v1/openapi.json", "/api/v1/docs#problems"}


def test_the_page_needs_nothing_that_its_policy_forbids() -> None:
    text, policy = page()
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not Seen(text).tags & {"script", "link", "img", "iframe"}
    assert "style=" not in text
