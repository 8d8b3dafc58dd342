"""Requests to S3: where a bucket's objects are, and what its XML says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote
from xml.etree import ElementTree

import urllib3

from marquee.adapters.aws import Endpoint, Requests

SERVICE = "s3"


class S3Requests:
    """Signed requests for objects of any bucket. Raises `TransientError` when storage is away, throttled or slow."""

    def __init__(self) -> None:
        self._endpoint = Endpoint.of("S3", SERVICE)
        self._requests = Requests("Storage", SERVICE, self._endpoint)

    def address(self, bucket: str, key: str = "") -> str:
        """An address from the environment has the bucket in its path, AWS' own has it in its name."""
        path = quote(key, safe="/-_.~")
        if self._endpoint.written:
            return f"{self._endpoint.url}/{bucket}/{path}"
        return f"{self._endpoint.url.replace('https://', f'https://{bucket}.')}/{path}"

    def presign(
        self,
        method: str,
        bucket: str,
        key: str,
        *,
        expires_seconds: int,
        query: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """An address that allows this request without credentials until it expires."""
        address, signer = self.address(bucket, key), self._requests.signer
        return signer.address(method, address, query, expires_seconds=expires_seconds, headers=headers)

    def send(
        self,
        method: str,
        bucket: str,
        key: str = "",
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        stream: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        """A successful answer; raises `ServiceError` for what S3 refuses."""
        answer = self._requests.send(
            method, self.address(bucket, key), query=query, headers=headers, body=body, stream=stream
        )
        if answer.status < 300:
            return answer
        code, message = error_in(answer.data)
        # answers to HEAD have no body: the status is all there is
        raise self._requests.refusal(answer, code or str(answer.status), message)

    def failed_late(self, answer: urllib3.BaseHTTPResponse) -> Exception | None:
        """The error in an answer that began as a success: S3 says 200 before long work is done."""
        code, message = error_in(answer.data)
        return self._requests.refusal(answer, code, message) if code else None


def parsed(body: bytes) -> ElementTree.Element:
    """S3's XML without its namespace. It comes from AWS over TLS, not from a client."""
    root = ElementTree.fromstring(body)  # noqa: S314
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def error_in(body: bytes) -> tuple[str, str]:
    """Code and message of an error document; empty for anything else."""
    try:
        root = parsed(body)
    except ElementTree.ParseError:
        return "", ""
    if root.tag != "Error":
        return "", ""
    return root.findtext("Code", ""), root.findtext("Message", "")


def pages(
    requests: S3Requests, bucket: str, key: str, query: Mapping[str, str], cursors: Mapping[str, str]
) -> Iterator[ElementTree.Element]:
    """The pages of a list. `cursors`: which element of a page becomes which parameter of the next."""
    more: dict[str, str] = {}
    while True:
        page = parsed(requests.send("GET", bucket, key, query={**query, **more}).data)
        yield page
        if page.findtext("IsTruncated") != "true":
            return
        more = {parameter: page.findtext(element, "") for element, parameter in cursors.items()}
