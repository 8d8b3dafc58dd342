"""A request body on its way to the disk: decoded, hashed and verified as it passes, nothing kept when it is wrong."""

import asyncio
import errno
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import ClientConnectionError, ClientPayloadError, StreamReader

from local.s3.checksums import ALGORITHMS, check_value, decode, encode, new_digest
from local.s3.chunked import ChunkedDecoder, is_chunked
from local.s3.errors import S3Error
from local.s3.incoming import S3Request, whole_number
from local.s3.model import Piece
from local.s3.signature import UNSIGNED_PAYLOAD, Identity
from local.s3.threads import in_thread, start_in_thread

_BATCH_BYTES = 1024 * 1024
_IDLE_SECONDS = 60
MAX_OBJECT_BYTES = 5 * 1024**3
"""The most one PutObject or UploadPart carries."""
_CHECKSUM_PREFIX = "x-amz-checksum-"


@dataclass(frozen=True)
class BodyClaim:
    """What the request says of its body; everything in it is checked before the body counts as received."""

    size: int
    md5: bytes | None
    sha256: str | None
    checksums: Mapping[str, str]
    trailing_algorithm: str | None
    chunked_mode: str | None
    computed_algorithm: str | None = None
    """A checksum to compute though none was sent to compare with."""

    @property
    def algorithm(self) -> str | None:
        return self.trailing_algorithm or next(iter(self.checksums), None) or self.computed_algorithm


@dataclass(frozen=True)
class Received:
    """A durable blob and what was computed of it. `etag` is the MD5 in hexadecimal."""

    piece: Piece
    etag: str
    checksums: Mapping[str, str] = field(default_factory=dict)


def stated_checksums(request: S3Request) -> dict[str, str]:
    """`x-amz-checksum-<algorithm>` headers, at most one; raises InvalidRequest."""
    found = {
        name: check_value(name, request.headers[_CHECKSUM_PREFIX + name])
        for name in ALGORITHMS
        if _CHECKSUM_PREFIX + name in request.headers
    }
    if len(found) > 1:
        raise S3Error("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types given.")
    return found


def _trailing_algorithm(request: S3Request) -> str | None:
    trailer = request.headers.get("x-amz-trailer")
    if trailer is None:
        return None
    algorithm = trailer.strip().lower().removeprefix(_CHECKSUM_PREFIX)
    if algorithm not in ALGORITHMS:
        raise S3Error("InvalidRequest", "The value specified in the x-amz-trailer header is not supported")
    return algorithm


def _stated_size(request: S3Request, chunked: bool) -> int:
    if chunked:
        stated = request.headers.get("x-amz-decoded-content-length")
        if stated is None:
            raise S3Error("MissingContentLength")
        return whole_number("x-amz-decoded-content-length", stated, 0, highest=2**63)
    if request.content_length is None:
        raise S3Error("MissingContentLength")
    return request.content_length


def read_claim(request: S3Request, identity: Identity) -> BodyClaim:
    """Raises the S3Error for headers that contradict themselves, before any of the body is read."""
    chunked = is_chunked(identity.payload_hash)
    size = _stated_size(request, chunked)
    if size > MAX_OBJECT_BYTES:
        raise S3Error("EntityTooLarge", ProposedSize=str(size), MaxSizeAllowed=str(MAX_OBJECT_BYTES))
    md5 = request.headers.get("Content-MD5")
    literal = None if chunked or identity.payload_hash == UNSIGNED_PAYLOAD else identity.payload_hash.lower()
    return BodyClaim(
        size=size,
        md5=None if md5 is None else decode(md5, 16),
        sha256=literal,
        checksums=stated_checksums(request),
        trailing_algorithm=_trailing_algorithm(request) if chunked else None,
        chunked_mode=identity.payload_hash if chunked else None,
    )


class Writer(Protocol):
    """Where a body goes: a blob, or memory for a short document."""

    name: str
    size: int

    def write(self, data: bytes) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> None: ...


class MemoryWriter:
    """A request's XML, up to `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.name = ""
        self.size = 0
        self.data = bytearray()
        self._limit = limit

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self._limit:
            raise S3Error("MalformedXML", "The document is too long")
        self.data += data

    def finish(self) -> None:
        """Memory needs no ending."""

    def abandon(self) -> None:
        self.data.clear()


class BodySink:
    """One body being verified into one writer. Used by one thread at a time; `finish` or `abandon` ends it."""

    def __init__(self, create: Callable[[], Writer], claim: BodyClaim, identity: Identity) -> None:
        self._create = create
        self._claim = claim
        self._writer: Writer | None = None
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256() if claim.sha256 is not None else None
        self._checksum = new_digest(claim.algorithm) if claim.algorithm else None
        mode = claim.chunked_mode
        self._decoder = ChunkedDecoder(mode, identity, self._take) if mode else None
        self._received = 0

    def feed(self, data: bytes) -> None:
        if self._decoder is not None:
            self._decoder.feed(data)
        else:
            self._take(data)

    def _take(self, data: bytes) -> None:
        self._received += len(data)
        if self._received > self._claim.size:
            raise S3Error("IncompleteBody", "The body is longer than it was said to be")
        self._md5.update(data)
        if self._sha256 is not None:
            self._sha256.update(data)
        if self._checksum is not None:
            self._checksum.update(data)
        self._file.write(data)

    @property
    def _file(self) -> Writer:
        if self._writer is None:
            self._writer = self._create()
        return self._writer

    def finish(self) -> Received:
        """Every claim holds and the bytes are on the disk, or an S3Error says which does not."""
        checksums = self._verify()
        writer = self._file
        writer.finish()
        return Received((writer.name, writer.size), self._md5.hexdigest(), checksums)

    def _verify(self) -> dict[str, str]:
        claim = self._claim
        if self._decoder is not None:
            self._decoder.finish()
        if self._received != claim.size:
            raise S3Error("IncompleteBody")
        if self._sha256 is not None and self._sha256.hexdigest() != claim.sha256:
            computed = self._sha256.hexdigest()
            raise S3Error("XAmzContentSHA256Mismatch", S3ComputedContentSHA256=computed)
        if claim.md5 is not None and self._md5.digest() != claim.md5:
            details = {"ExpectedDigest": claim.md5.hex(), "CalculatedDigest": encode(self._md5.digest())}
            raise S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.", **details)
        return self._verified_checksum()

    def _verified_checksum(self) -> dict[str, str]:
        algorithm = self._claim.algorithm
        if algorithm is None or self._checksum is None:
            return {}
        expected = self._claim.checksums.get(algorithm)
        if self._claim.trailing_algorithm and self._decoder is not None:
            expected = self._decoder.trailers.get(_CHECKSUM_PREFIX + algorithm)
            if expected is None:
                raise S3Error("MalformedXML", "The trailer named in x-amz-trailer was not sent")
        computed = encode(self._checksum.digest())
        if expected != computed and algorithm != self._claim.computed_algorithm:
            message = f"The {algorithm.upper()} you specified did not match the calculated checksum."
            raise S3Error("BadDigest", message)
        return {algorithm: computed}

    def abandon(self) -> None:
        if self._writer is not None:
            self._writer.abandon()


async def receive(content: StreamReader, sink: BodySink) -> Received:
    """Read the body to its end: the next bytes arrive while a thread hashes and writes the last."""
    working: asyncio.Future[Any] | None = None
    try:
        while batch := await _read_batch(content):
            if working is not None:
                await working
            working = start_in_thread(sink.feed, batch)
        if working is not None:
            await working
        finishing = start_in_thread(sink.finish)
        working = finishing
        return await asyncio.shield(finishing)
    except BaseException as error:
        if working is not None:
            await asyncio.wait([working])
        await in_thread(sink.abandon)
        raise _as_s3_error(error) from error


def _as_s3_error(error: BaseException) -> BaseException:
    if isinstance(error, TimeoutError):
        return S3Error("RequestTimeout")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return S3Error("StorageFull")
    if isinstance(error, ClientPayloadError | ClientConnectionError):
        return S3Error("IncompleteBody")
    return error


async def _read_batch(content: StreamReader) -> bytes:
    """Up to about a MiB, so that a thread is asked seldom; empty at the end."""
    parts: list[bytes] = []
    size = 0
    while size < _BATCH_BYTES:
        async with asyncio.timeout(_IDLE_SECONDS):
            data = await content.readany()
        if not data:
            break
        parts.append(data)
        size += len(data)
    return b"".join(parts)


async def receive_document(content: StreamReader, claim: BodyClaim, identity: Identity) -> bytes:
    """A verified XML body in memory; at most 8 MiB, which 10,000 parts with checksums need."""
    writer = MemoryWriter(8 * 1024 * 1024)
    await receive(content, BodySink(lambda: writer, claim, identity))
    return bytes(writer.data)
