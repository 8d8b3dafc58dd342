"""What the store holds, as values."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from local.s3.errors import S3Error

Piece = tuple[str, int]
"""A blob's name and its size in bytes."""


@dataclass(frozen=True)
class Attributes:
    """Everything a client gave with an object or made known by uploading it.

    `headers` are lower-case response headers (content-type, cache-control …), `metadata` the `x-amz-meta-*` without
    that prefix, `checksums` base64 by algorithm, `part_sizes` empty unless uploaded in parts.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[str, str] = field(default_factory=dict)
    checksum_type: str = "FULL_OBJECT"
    part_sizes: tuple[int, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        values: dict[str, Any] = json.loads(text)
        values["part_sizes"] = tuple(values["part_sizes"])
        return cls(**values)


@dataclass(frozen=True)
class ObjectInfo:
    """One object. `size` in bytes, `etag` without quotes, `modified` in seconds since the epoch."""

    bucket: str
    key: str
    object_id: str
    size: int
    etag: str
    modified: float
    attributes: Attributes

    @property
    def quoted_etag(self) -> str:
        return f'"{self.etag}"'

    @property
    def content_type(self) -> str:
        return self.attributes.headers.get("content-type", "binary/octet-stream")


@dataclass(frozen=True)
class WriteCondition:
    """`If-None-Match: *` and `If-Match` of a write; checked where the write commits."""

    if_match: str | None = None
    if_none_match: bool = False

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> Self:
        if_none_match = headers.get("If-None-Match")
        if if_none_match not in (None, "*"):
            raise S3Error("NotImplemented", Header="If-None-Match")
        return cls(if_match=headers.get("If-Match"), if_none_match=if_none_match == "*")

    def check(self, existing: ObjectInfo | None) -> None:
        """Raises PreconditionFailed, or NoSuchKey when `If-Match` has nothing to match."""
        if self.if_none_match and existing is not None:
            raise S3Error("PreconditionFailed", Condition="If-None-Match")
        if self.if_match is not None:
            if existing is None:
                raise S3Error("NoSuchKey")
            if self.if_match != "*" and self.if_match.strip('"') != existing.etag:
                raise S3Error("PreconditionFailed", Condition="If-Match")


ANY = WriteCondition()
