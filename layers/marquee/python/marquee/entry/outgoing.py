"""What every HTTP answer is given on its way out: its tag, its headers, its encoding."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any

Answer = dict[str, Any]

JSON = "application/json"
# Below this a body fits into one packet either way, and gzip's own frame eats what it saves.
SMALLEST_COMPRESSED = 1024
_COMPRESSIBLE = ("text/", JSON, "application/problem+json", "application/openmetrics-text")
# Marks the tag of the compressed form: the same tag must not name two sequences of bytes.
GZIP_SUFFIX = "-gzip"

_SECURITY = {
    # An API answer is data: a browser that shows it runs and loads nothing.
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def finished(answer: Answer, request_id: str, method: str, sent: Mapping[str, str]) -> Answer:
    """`answer` of a function as the caller gets it. `sent`: the request's headers, names in lower case."""
    headers = {name.lower(): str(value) for name, value in answer.get("headers", {}).items()}
    answer = {**answer, "headers": headers, "body": answer.get("body") or ""}
    readable = method in {"GET", "HEAD"} and answer["statusCode"] == HTTPStatus.OK
    if readable and headers.get("cache-control") != "no-store":
        headers.setdefault("etag", _content_tag(answer["body"]))
        # It may be kept, by the caller alone, and is asked for again each time.
        headers.setdefault("cache-control", "private, no-cache")
    headers.setdefault("cache-control", "no-store")
    packing = _is_to_be_packed(answer, sent.get("accept-encoding", ""))
    if packing:
        _name_packed(headers)
    if readable and "etag" in headers and _knows(sent.get("if-none-match", ""), headers["etag"]):
        answer = _without_body(answer, HTTPStatus.NOT_MODIFIED)
    elif method == "HEAD":
        answer = _without_body(answer, answer["statusCode"])
    elif packing:
        pack = _packed_once if headers["cache-control"].startswith("public") else _packed
        answer = {**answer, "body": pack(answer["body"]), "isBase64Encoded": True}
    answer["headers"] = {**_SECURITY, **answer["headers"], "x-request-id": request_id}
    return answer


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether a caller who sends this header takes gzip."""
    wanted: dict[str, bool] = {}
    for item in accept_encoding.lower().split(","):
        name, _, quality = item.partition(";")
        wanted[name.strip()] = quality.replace(" ", "").rstrip("0.") != "q="
    return wanted.get("gzip", wanted.get("*", False))


def opaque(tag: str) -> str:
    """What an entity tag names, whether weak or strong and in whatever encoding: `W/"3"`, `"3-gzip"` → `3`."""
    return tag.strip().removeprefix("W/").strip('"').removesuffix(GZIP_SUFFIX)


def _content_tag(body: str) -> str:
    """Weak: the same content may be written in other bytes."""
    return f'W/"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'


def _knows(if_none_match: str, tag: str) -> bool:
    known = {opaque(item) for item in if_none_match.split(",")}
    return if_none_match.strip() == "*" or opaque(tag) in known


def _is_to_be_packed(answer: Answer, accept_encoding: str) -> bool:
    """Whether this caller gets this answer as gzip; says in its headers that others may get it otherwise."""
    headers, body = answer["headers"], answer["body"]
    plain = not answer.get("isBase64Encoded") and "content-encoding" not in headers
    if not (body and plain and headers.get("content-type", "").startswith(_COMPRESSIBLE)):
        return False
    vary = headers.get("vary")
    headers["vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
    return len(body.encode()) > SMALLEST_COMPRESSED and accepts_gzip(accept_encoding)


def _name_packed(headers: dict[str, str]) -> None:
    headers["content-encoding"] = "gzip"
    if headers.get("etag", "").startswith('"'):
        headers["etag"] = headers["etag"].removesuffix('"') + GZIP_SUFFIX + '"'


def _packed(body: str) -> str:
    packer = zlib.compressobj(level=6, wbits=zlib.MAX_WBITS | 16)
    return base64.b64encode(packer.compress(body.encode()) + packer.flush()).decode()


# What is the same for everybody is few and long: the API's description takes 2 ms each time.
_packed_once = lru_cache(maxsize=4)(_packed)


def _without_body(answer: Answer, status: int) -> Answer:
    """Of a 304 nothing may describe a body but the tag and what caches go by."""
    headers = dict(answer["headers"])
    if status == HTTPStatus.NOT_MODIFIED:
        for name in ("content-type", "content-encoding", "content-length"):
            headers.pop(name, None)
    return {**answer, "statusCode": int(status), "headers": headers, "body": "", "isBase64Encoded": False}
