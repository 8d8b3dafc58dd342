"""What every operation gets and gives: the verified call, and the plain ways to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote
from xml.etree.ElementTree import Element

from aiohttp import web

from local.s3.errors import S3Error
from local.s3.incoming import S3Request
from local.s3.receiving import BodySink, Received, read_claim, receive, receive_document
from local.s3.signature import Identity
from local.s3.store import S3Store
from local.s3.xml import add, document, render


@dataclass(frozen=True)
class Call:
    """One authenticated request. `headers` go with every answer to it (request id, CORS)."""

    request: S3Request
    identity: Identity
    store: S3Store
    headers: Mapping[str, str]

    @property
    def bucket(self) -> str:
        if self.request.bucket is None:
            raise S3Error("MethodNotAllowed")
        return self.request.bucket

    @property
    def key(self) -> str:
        if self.request.key is None:
            raise S3Error("MethodNotAllowed")
        return self.request.key

    async def receive(self) -> Received:
        """The body as a durable blob; the caller names it in the index or discards it."""
        claim = read_claim(self.request, self.identity)
        return await receive(self.request.http.content, BodySink(self.store.blobs.create, claim, self.identity))

    async def document(self, *, checksums_are_its_own: bool = True) -> bytes:
        """The verified XML body; the checksum headers may instead be of the object it speaks of."""
        claim = read_claim(self.request, self.identity)
        if not checksums_are_its_own:
            claim = replace(claim, checksums={})
        return await receive_document(self.request.http.content, claim, self.identity)


def empty(status: int = 200, **headers: str) -> web.Response:
    """No body; `x_amz_version_id=…` style keywords become headers."""
    return web.Response(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


def xml_answer(root: Element, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        body=render(root), status=status, headers={"Content-Type": "application/xml", **(headers or {})}
    )


def error_answer(error: S3Error, method: str, resource: str, request_id: str) -> web.Response:
    """S3's error document; the answer to HEAD carries none."""
    if method == "HEAD":
        return web.Response(status=error.status)
    root = document("Error", namespaced=False)
    add(root, "Code", error.code)
    add(root, "Message", error.message)
    for name, value in error.details.items():
        add(root, name, _printable(value))
    add(root, "Resource", _printable(resource))
    add(root, "RequestId", request_id)
    add(root, "HostId", "local")
    return xml_answer(root, error.status)


def _printable(value: str) -> str:
    """XML 1.0 has no control characters, and headers may hold bytes that are no UTF-8."""
    return "".join(c if c >= " " or c in "\n\t" else "?" for c in value.encode("utf-8", "replace").decode())


def url_encode(value: str) -> str:
    """`encoding-type=url`, and keys in events' way of writing them."""
    return quote(value, safe="/-_.~*")
