"""Digests of a body while it passes: MD5 for the ETag, and the checksum S3 keeps with an object.

Values are base64 of the big-endian digest, as in the `x-amz-checksum-*` headers.
"""

import base64
import binascii
import hashlib
import zlib
from collections.abc import Sequence
from typing import Protocol

from anycrc import Model

from local.s3.errors import S3Error

ALGORITHMS = ("crc32", "crc32c", "crc64nvme", "sha1", "sha256")
_CRC_BYTES = {"crc32": 4, "crc32c": 4, "crc64nvme": 8}
_SIZES = {**_CRC_BYTES, "sha1": 20, "sha256": 32}
_MODELS = {"crc32": "CRC32", "crc32c": "CRC32C", "crc64nvme": "CRC64-NVME"}


class Digest(Protocol):
    """What hashlib's objects and `_Crc` share."""

    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class _Crc:
    def __init__(self, algorithm: str) -> None:
        self._model = Model(_MODELS[algorithm])
        self._size = _CRC_BYTES[algorithm]
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = self._model.calc(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(self._size, "big")


class _Crc32(_Crc):
    """zlib lets other threads run meanwhile; the other two are fast enough not to matter."""

    def update(self, data: bytes, /) -> None:
        self._value = zlib.crc32(data, self._value)


def new_digest(algorithm: str) -> Digest:
    if algorithm == "crc32":
        return _Crc32(algorithm)
    if algorithm in _CRC_BYTES:
        return _Crc(algorithm)
    return hashlib.new(algorithm, usedforsecurity=False)


def encode(digest: bytes) -> str:
    return base64.b64encode(digest).decode("ascii")


def decode(value: str, size: int) -> bytes:
    """Bytes of a base64 digest that must be `size` long; raises InvalidDigest."""
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise S3Error("InvalidDigest") from error
    if len(digest) != size:
        raise S3Error("InvalidDigest")
    return digest


def check_value(algorithm: str, value: str) -> str:
    """`value` if it is well-formed for `algorithm`; raises InvalidRequest as S3 does for these headers."""
    try:
        decode(value, _SIZES[algorithm])
    except S3Error as error:
        raise S3Error("InvalidRequest", f"Value for x-amz-checksum-{algorithm} header is invalid.") from error
    return value


def default_type(algorithm: str) -> str:
    """How S3 checksums a multipart object when the client does not say."""
    return "FULL_OBJECT" if algorithm == "crc64nvme" else "COMPOSITE"


def composite(algorithm: str, part_values: Sequence[str]) -> str:
    """Checksum of the parts' checksums, `value-N`."""
    digest = new_digest(algorithm)
    for value in part_values:
        digest.update(base64.b64decode(value))
    return f"{encode(digest.digest())}-{len(part_values)}"


def combined(algorithm: str, parts: Sequence[tuple[str, int]]) -> str:
    """The whole object's CRC from `(value, size)` of its parts, without reading them again."""
    model = Model(_MODELS[algorithm])
    total = 0
    for value, size in parts:
        total = model.combine(total, int.from_bytes(base64.b64decode(value), "big"), size)
    return encode(total.to_bytes(_CRC_BYTES[algorithm], "big"))
