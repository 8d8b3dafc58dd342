"""Writing an object without HTTP, for the parts of the local cloud that live in the same process."""

import hashlib
from collections.abc import Mapping

from local.s3.model import Attributes, ObjectInfo
from local.s3.store import S3Store


def write_object(
    store: S3Store, bucket: str, key: str, data: bytes, headers: Mapping[str, str] | None = None
) -> ObjectInfo:
    """PutObject of bytes at hand; `headers` are lower-case response headers (content-type …). Waits for the disk."""
    writer = store.blobs.create()
    try:
        writer.write(data)
        writer.finish()
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        attributes = Attributes(headers={"content-type": "binary/octet-stream", **(headers or {})})
        return store.put(bucket, key, [(writer.name, writer.size)], etag, attributes, event="ObjectCreated:Put")
    except BaseException:
        writer.abandon()
        raise
