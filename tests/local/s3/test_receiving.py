"""Bodies on their way in: the forms SDKs send over TLS, and a disk that is full."""

import asyncio
import base64
import errno
import zlib
from typing import Any

import pytest
from aiohttp import StreamReader
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.s3.errors import S3Error
from local.s3.receiving import BodyClaim, BodySink, MemoryWriter, receive
from local.s3.signature import Identity

BODY = b"0123456789" * 20_000
IDENTITY = Identity("", "", b"", "", "", "")


def _crc32(body: bytes) -> str:
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def _unsigned_chunks(body: bytes, trailer: str) -> bytes:
    chunks = [body[at : at + 65536] for at in range(0, len(body), 65536)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return framed + f"0\r\nx-amz-checksum-crc32:{trailer}\r\n\r\n".encode()


class _Streaming(S3SigV4Auth):
    """What botocore signs when it sends a trailer, which it does over TLS only."""

    def payload(self, request: AWSRequest) -> str:
        return "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


def _put_chunked(served: Any, body: bytes, **headers: str) -> Any:
    request = AWSRequest("PUT", f"{served.url}/films/k", headers={
        "Content-Encoding": "gzip,aws-chunked",
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": str(len(BODY)),
        "x-amz-trailer": "x-amz-checksum-crc32",
        **headers,
    })  # fmt: skip
    _Streaming(Credentials("AKLOCAL", "a secret/with+signs"), "s3", "eu-central-1").add_auth(request)
    return served.request("PUT", f"{served.url}/films/k", body, **dict(request.headers))


def test_a_chunked_body_with_a_trailing_checksum_is_stored_decoded(served: Any, s3: Any) -> None:
    answer = _put_chunked(served, _unsigned_chunks(BODY, _crc32(BODY)))
    assert answer.status == 200, answer.data
    assert answer.headers["x-amz-checksum-crc32"] == _crc32(BODY)
    stored = s3.get_object(Bucket="films", Key="k")
    assert (stored["Body"].read(), stored["ContentEncoding"]) == (BODY, "gzip")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (_unsigned_chunks(BODY, _crc32(b"other")), "BadDigest"),
        (_unsigned_chunks(BODY[:-1], _crc32(BODY[:-1])), "IncompleteBody"),
        (_unsigned_chunks(BODY + b"x", _crc32(BODY + b"x")), "IncompleteBody"),
        (_unsigned_chunks(BODY, _crc32(BODY))[:-30], "IncompleteBody"),
        (_unsigned_chunks(BODY, _crc32(BODY)).replace(b"crc32:", b"crc33:"), "MalformedXML"),
    ],
)
def test_a_chunked_body_that_is_not_what_it_says_stores_nothing(served: Any, body: bytes, code: str) -> None:
    answer = _put_chunked(served, body)
    assert f"<Code>{code}</Code>" in answer.data.decode()
    assert served.blob_count() == 0


def test_the_whole_signed_payload_is_verified(served: Any) -> None:
    def sign(body: bytes) -> dict[str, str]:
        request = AWSRequest("PUT", f"{served.url}/films/k", data=body)
        request.context["client_config"] = None
        S3SigV4Auth(Credentials("AKLOCAL", "a secret/with+signs"), "s3", "eu-central-1").add_auth(request)
        return dict(request.headers)

    answer = served.request("PUT", f"{served.url}/films/k", b"another", **sign(b"the one"))
    assert (answer.status, b"XAmzContentSHA256Mismatch" in answer.data) == (400, True)
    assert served.blob_count() == 0
    assert served.request("PUT", f"{served.url}/films/k", b"the one", **sign(b"the one")).status == 200


class _FullDisk(MemoryWriter):
    def write(self, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


async def _receive(writer: MemoryWriter) -> None:
    content = StreamReader(_Unpaused(), 2**16, loop=asyncio.get_running_loop())  # type: ignore[arg-type]
    content.feed_data(BODY)
    content.feed_eof()
    await receive(content, BodySink(lambda: writer, BodyClaim(len(BODY), None, None, {}, None, None), IDENTITY))


class _Unpaused:
    """What a stream asks of its connection."""

    _reading_paused = False

    def pause_reading(self) -> None:
        """There is no connection."""

    def resume_reading(self, *_: Any, **__: Any) -> None:
        """There is no connection."""


def test_a_full_disk_is_a_clean_refusal() -> None:
    writer = _FullDisk(2**30)
    with pytest.raises(S3Error) as caught:
        asyncio.run(_receive(writer))
    assert (caught.value.code, caught.value.status) == ("StorageFull", 507)
    assert not writer.data


def test_a_document_longer_than_allowed_is_refused() -> None:
    with pytest.raises(S3Error, match="MalformedXML"):
        asyncio.run(_receive(MemoryWriter(1000)))
