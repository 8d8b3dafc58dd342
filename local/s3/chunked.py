"""The `aws-chunked` body: chunks with or without signatures, then trailers. A push decoder without I/O.

Source: Amazon S3 API reference, "Signature calculations for the Authorization header: transferring payload in
multiple chunks" and "… including trailing headers".
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from local.s3.errors import S3Error
from local.s3.signature import Identity

_EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
_MAX_LINE_BYTES = 16 * 1024
_PREFIX = "STREAMING-"

UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"


def is_chunked(payload_hash: str) -> bool:
    """Raises NotImplemented for a streaming mode this endpoint does not verify."""
    if not payload_hash.startswith(_PREFIX):
        return False
    if payload_hash not in (UNSIGNED_TRAILER, SIGNED, SIGNED_TRAILER):
        raise S3Error("NotImplemented", Header="x-amz-content-sha256")
    return True


@dataclass
class ChunkSigner:
    """The chain of chunk signatures that starts with the request's own."""

    identity: Identity
    previous: str = field(init=False)

    def __post_init__(self) -> None:
        self.previous = self.identity.signature

    def _sign(self, kind: str, *digests: str) -> str:
        head = (f"AWS4-HMAC-SHA256-{kind}", self.identity.timestamp, self.identity.scope, self.previous)
        self.previous = hmac.new(self.identity.signing_key, "\n".join((*head, *digests)).encode(), "sha256").hexdigest()
        return self.previous

    def chunk(self, data_sha256: str) -> str:
        return self._sign("PAYLOAD", _EMPTY_SHA256, data_sha256)

    def trailer(self, canonical: bytes) -> str:
        return self._sign("TRAILER", hashlib.sha256(canonical).hexdigest())


class ChunkedDecoder:
    """Feed raw bytes, get payload through `sink`. `trailers` (lower-case names) are there after `finish`."""

    def __init__(self, payload_hash: str, identity: Identity, sink: Callable[[bytes], None]) -> None:
        self.trailers: dict[str, str] = {}
        self._signer = ChunkSigner(identity) if payload_hash != UNSIGNED_TRAILER else None
        self._takes_trailers = payload_hash != SIGNED
        self._sink = sink
        self._buffer = bytearray()
        self._state: Callable[[], bool] = self._read_size_line
        self._left = 0
        self._signature = ""
        self._hash = hashlib.sha256()
        self._canonical_trailers = b""
        self._is_done = False

    def feed(self, data: bytes) -> None:
        """Raises IncompleteBody for broken framing, SignatureDoesNotMatch for a chunk signed otherwise."""
        self._buffer += data
        while self._state():
            pass

    def finish(self) -> None:
        if not self._is_done:
            raise S3Error("IncompleteBody")

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > _MAX_LINE_BYTES:
                raise S3Error("IncompleteBody", "A chunk's header is too long")
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _read_size_line(self) -> bool:
        line = self._line()
        if line is None:
            return False
        size, _, extension = line.decode("ascii", "replace").partition(";")
        try:
            self._left = int(size, 16)
        except ValueError as error:
            raise S3Error("IncompleteBody", "A chunk's size is not a hexadecimal number") from error
        if self._signer is not None:
            self._signature = extension.removeprefix("chunk-signature=")
            self._hash = hashlib.sha256()
        if self._left < 0:
            raise S3Error("IncompleteBody", "A chunk's size is negative")
        self._state = self._read_data if self._left else self._end_data
        return True

    def _read_data(self) -> bool:
        data = bytes(memoryview(self._buffer)[: self._left])
        if not data:
            return False
        del self._buffer[: len(data)]
        self._left -= len(data)
        if self._signer is not None:
            self._hash.update(data)
        self._sink(data)
        if self._left == 0:
            self._state = self._read_data_end
        return True

    def _read_data_end(self) -> bool:
        if len(self._buffer) < 2:
            return False
        if self._buffer[:2] != b"\r\n":
            raise S3Error("IncompleteBody", "A chunk is not as long as it says")
        del self._buffer[:2]
        self._check_chunk()
        self._state = self._read_size_line
        return True

    def _end_data(self) -> bool:
        self._check_chunk()
        self._state = self._read_trailer_line
        return True

    def _check_chunk(self) -> None:
        if self._signer is not None:
            self._compare(self._signer.chunk(self._hash.hexdigest()), self._signature)

    def _compare(self, expected: str, given: str) -> None:
        if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
            raise S3Error("SignatureDoesNotMatch")

    def _read_trailer_line(self) -> bool:
        if self._is_done:
            if self._buffer:
                raise S3Error("IncompleteBody", "There is data after the last chunk")
            return False
        line = self._line()
        if line is None:
            return False
        if not line:
            self._end_trailers()
            return True
        name, _, value = line.decode("utf-8", "replace").partition(":")
        name, value = name.strip().lower(), value.strip()
        self.trailers[name] = value
        if name != "x-amz-trailer-signature":
            self._canonical_trailers += f"{name}:{value}\n".encode()
        return True

    def _end_trailers(self) -> None:
        self._is_done = True
        if self.trailers and not self._takes_trailers:
            raise S3Error("IncompleteBody", "Trailers were not announced")
        if self._signer is not None and self._takes_trailers:
            given = self.trailers.pop("x-amz-trailer-signature", "")
            self._compare(self._signer.trailer(self._canonical_trailers), given)
