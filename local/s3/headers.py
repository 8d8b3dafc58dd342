"""Object attributes in request and response headers."""

from collections.abc import Mapping
from email.utils import formatdate

from local.s3.errors import S3Error
from local.s3.incoming import S3Request, pick
from local.s3.model import Attributes, ObjectInfo

_KEPT = ("cache-control", "content-disposition", "content-language", "expires", "x-amz-storage-class")
_OVERRIDES = ("cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires")
_META = "x-amz-meta-"
_MAX_METADATA_BYTES = 2048
_UNSUPPORTED = (
    "x-amz-tagging",
    "x-amz-website-redirect-location",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-legal-hold",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-copy-source-server-side-encryption-customer-algorithm",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-write-offset-bytes",
)
_OWNER_ACLS = ("private", "bucket-owner-full-control")


def refuse_unsupported(headers: Mapping[str, str]) -> None:
    """What would be silently lost is refused instead."""
    for name in _UNSUPPORTED:
        if name in headers:
            raise S3Error("NotImplemented", Header=name)
    if headers.get("x-amz-acl", "private") not in _OWNER_ACLS or any(
        n.lower().startswith("x-amz-grant-") for n in headers
    ):
        raise S3Error("AccessControlListNotSupported")
    if headers.get("x-amz-server-side-encryption", "AES256") != "AES256":
        raise S3Error("NotImplemented", Header="x-amz-server-side-encryption")


def _sendable(value: str) -> str:
    """A value that can go out as a header again; raises InvalidArgument."""
    # bytes that were no UTF-8 arrive as lone surrogates
    if any(ord(character) < 32 or 0xD800 <= ord(character) < 0xE000 for character in value):
        raise S3Error("InvalidArgument", "Header values must be UTF-8 without control characters")
    return value


def read_attributes(request: S3Request) -> Attributes:
    """What a PutObject or CreateMultipartUpload says of its object; raises MetadataTooLarge, NotImplemented."""
    refuse_unsupported(request.headers)
    kept = {name: _sendable(value) for name, value in pick(request.headers, _KEPT).items()}
    kept["content-type"] = request.headers.get("Content-Type") or "binary/octet-stream"
    encodings = [part.strip() for part in request.headers.get("Content-Encoding", "").split(",")]
    encoding = ",".join(part for part in encodings if part and part != "aws-chunked")
    if encoding:
        kept["content-encoding"] = encoding
    metadata = {
        name.lower().removeprefix(_META): _sendable(value)
        for name, value in request.headers.items()
        if name.lower().startswith(_META)
    }
    if sum(len(name) + len(value.encode("utf-8", "replace")) for name, value in metadata.items()) > _MAX_METADATA_BYTES:
        raise S3Error("MetadataTooLarge", MaxSizeAllowed=str(_MAX_METADATA_BYTES))
    return Attributes(headers=kept, metadata=metadata)


def checksum_headers(checksums: Mapping[str, str], checksum_type: str) -> dict[str, str]:
    if not checksums:
        return {}
    headers = {f"x-amz-checksum-{name}": value for name, value in checksums.items()}
    return {**headers, "x-amz-checksum-type": checksum_type}


def object_headers(request: S3Request, info: ObjectInfo) -> dict[str, str]:
    """Headers of a GET or HEAD of a whole object, with the request's `response-*` overrides."""
    attributes = info.attributes
    headers = {
        **attributes.headers,
        **{_META + name: value for name, value in attributes.metadata.items()},
        "etag": info.quoted_etag,
        "last-modified": formatdate(info.modified, usegmt=True),
        "accept-ranges": "bytes",
        "x-amz-server-side-encryption": "AES256",
    }
    if request.headers.get("x-amz-checksum-mode", "").upper() == "ENABLED":
        headers |= checksum_headers(attributes.checksums, attributes.checksum_type)
    for name in _OVERRIDES:
        value = request.param(f"response-{name}")
        if value is not None:
            headers[name] = _sendable(value)
    return headers
