"""Answers from a bucket: read only, ranges and conditions, straight from the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from aiohttp import web
from multidict import CIMultiDict

from local.edge.compression import accepts_gzip, compress, is_compressible
from local.s3 import OpenObject, S3Error, S3Store, send_object
from local.s3.conditions import check_read, parse_range

Finish = Callable[[CIMultiDict[str]], None]


@dataclass(frozen=True)
class Refusal:
    """An origin's error: its status and S3's code for it."""

    status: int
    code: str


class BucketOrigin:
    """`listable` are the buckets that the edge may list: only there a missing key is 404, elsewhere 403."""

    def __init__(self, store: S3Store, listable: frozenset[str]) -> None:
        self._store = store
        self._listable = listable

    async def send(
        self,
        request: web.Request,
        bucket: str,
        key: str,
        *,
        may_compress: bool,
        finish: Finish,
        status: int = 200,
    ) -> web.StreamResponse | Refusal:
        """Streams the object; `finish` changes the headers just before they go. `status` 200 allows 206 and 304."""
        try:
            with self._store.open(bucket, key) as opened:
                return await self._send(request, opened, may_compress, finish, status)
        except S3Error as error:
            if error.code in {"NoSuchKey", "NoSuchBucket"}:
                return Refusal(404, "NoSuchKey") if bucket in self._listable else Refusal(403, "AccessDenied")
            if error.code == "InvalidRange":
                return Refusal(416, error.code)
            if error.code == "PreconditionFailed":
                return Refusal(412, error.code)
            raise

    async def _send(
        self, request: web.Request, opened: OpenObject, may_compress: bool, finish: Finish, status: int
    ) -> web.StreamResponse:
        info = opened.info
        headers = CIMultiDict(_object_headers(opened))
        compressible = may_compress and is_compressible(info.content_type, info.size, headers)
        if compressible:
            headers.add("Vary", "Accept-Encoding")
        zipped = compressible and accepts_gzip(request.headers.get("Accept-Encoding", ""))
        if zipped:
            headers["ETag"] = f"W/{headers['ETag']}"
        if status == 200 and _unchanged(request, opened):
            finish(headers)
            return web.Response(status=304, headers=headers)
        if zipped and "Range" not in request.headers:
            return await _zipped(request, opened, headers, finish, status)
        span = _span(request, opened) if status == 200 else None
        start, count = span or (0, info.size)
        if span is not None:
            headers["Content-Range"] = f"bytes {start}-{start + count - 1}/{info.size}"
            status = 206
        finish(headers)
        return await send_object(request, web.StreamResponse(status=status, headers=headers), opened, start, count)


def _object_headers(opened: OpenObject) -> Mapping[str, str]:
    info = opened.info
    return {
        **{name.title(): value for name, value in info.attributes.headers.items()},
        "Content-Type": info.content_type,
        "ETag": info.quoted_etag,
        "Last-Modified": formatdate(info.modified, usegmt=True),
        "Accept-Ranges": "bytes",
    }


def _unchanged(request: web.Request, opened: OpenObject) -> bool:
    """Raises PreconditionFailed."""
    try:
        check_read(request.headers, opened.info)
    except S3Error as error:
        if error.code == "NotModified":
            return True
        raise
    return False


def _span(request: web.Request, opened: OpenObject) -> tuple[int, int] | None:
    """The range that is to be sent; None for everything. Raises InvalidRange."""
    validator = request.headers.get("If-Range")
    info = opened.info
    if validator is not None and validator not in {info.quoted_etag, formatdate(info.modified, usegmt=True)}:
        return None
    return parse_range(request.headers.get("Range"), info.size)


async def _zipped(
    request: web.Request, opened: OpenObject, headers: CIMultiDict[str], finish: Finish, status: int
) -> web.StreamResponse:
    body = await asyncio.to_thread(_read_zipped, [path for path, _ in opened.pieces])
    headers["Content-Encoding"] = "gzip"
    del headers["Accept-Ranges"]  # ranges would be of the compressed bytes, which nobody keeps
    finish(headers)
    # aiohttp leaves the body out of an answer to HEAD and keeps its length
    return web.Response(status=status, body=body, headers=headers)


def _read_zipped(pieces: list[Path]) -> bytes:
    return compress(b"".join(path.read_bytes() for path in pieces))
