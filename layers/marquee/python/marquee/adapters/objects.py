"""Objects in S3 (`domain.ports.ObjectStore`)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

import urllib3

from marquee.adapters.aws import ServiceError
from marquee.adapters.s3 import S3Requests, pages, parsed
from marquee.domain.errors import NotFound, TransientError
from marquee.domain.ports import ObjectHead, PreconditionFailed, StoredObject

_MISSING = frozenset({"NoSuchKey", "NotFound", "404"})
# S3 answers 412 to a condition that does not hold and 409 when two conditional writes race.
_CONDITION_FAILED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412"})
_DELETE_BATCH = 1000
_CHUNK = 1024 * 1024


class S3Objects:
    """Objects in S3. Safe to use from several threads."""

    def __init__(self) -> None:
        self._s3 = S3Requests()

    def get(self, bucket: str, key: str) -> StoredObject | None:
        try:
            answer = self._s3.send("GET", bucket, key)
        except ServiceError as error:
            _raise_unless_missing(error)
            return None
        return StoredObject(body=answer.data, etag=answer.headers["ETag"])

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        content_type: str,
        cache_control: str | None = None,
        if_match: str | None = None,
        if_none_match: bool = False,
    ) -> str:
        headers = _metadata(content_type, cache_control)
        if if_match is not None:
            headers["If-Match"] = if_match
        if if_none_match:
            headers["If-None-Match"] = "*"
        try:
            return self._s3.send("PUT", bucket, key, headers=headers, body=body).headers["ETag"]
        except ServiceError as error:
            # `if_match` on an object that has gone is 404.
            if error.code in _CONDITION_FAILED | (_MISSING if if_match else frozenset()):
                raise PreconditionFailed(f"{key} has changed meanwhile.") from error
            raise

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        try:
            answer = self._s3.send("HEAD", bucket, key)
        except ServiceError as error:
            _raise_unless_missing(error)
            return None
        return ObjectHead(key=key, size_bytes=int(answer.headers["Content-Length"]), etag=answer.headers["ETag"])

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectHead]:
        query = {"list-type": "2", "prefix": prefix}
        for page in pages(self._s3, bucket, "", query, {"NextContinuationToken": "continuation-token"}):
            for item in page.iter("Contents"):
                size = int(item.findtext("Size", "0"))
                yield ObjectHead(key=item.findtext("Key", ""), size_bytes=size, etag=item.findtext("ETag", ""))

    def delete(self, bucket: str, key: str) -> None:
        self._s3.send("DELETE", bucket, key)

    def delete_prefix(self, bucket: str, prefix: str) -> int:
        if not prefix:
            raise ValueError("an empty prefix is the whole bucket")
        keys = [head.key for head in self.list(bucket, prefix)]
        for start in range(0, len(keys), _DELETE_BATCH):
            self._delete_batch(bucket, keys[start : start + _DELETE_BATCH])
        return len(keys)

    def _delete_batch(self, bucket: str, keys: Sequence[str]) -> None:
        body = _delete_document(keys)
        # S3 asks for a checksum of this body, beside the signature's
        digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        answer = self._s3.send("POST", bucket, query={"delete": ""}, headers={"Content-MD5": digest}, body=body)
        kept = sum(1 for _ in parsed(answer.data).iter("Error"))
        if kept:
            raise TransientError(f"Storage kept {kept} objects that should go.")

    def presign_get(self, bucket: str, key: str, *, expires_seconds: int, version_id: str | None = None) -> str:
        return self._s3.presign("GET", bucket, key, expires_seconds=expires_seconds, query=_version(version_id))

    def download_to(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> None:
        try:
            answer = self._s3.send("GET", bucket, key, query=_version(version_id), stream=True)
        except ServiceError as error:
            if error.code in _MISSING | {"NoSuchVersion"}:
                raise NotFound(f"There is no object {key}.") from error
            raise
        try:
            with answer, path.open("wb") as file:
                for chunk in answer.stream(_CHUNK):
                    file.write(chunk)
        except urllib3.exceptions.HTTPError as error:
            raise TransientError("Storage broke off in the middle of an object.") from error


def _raise_unless_missing(error: ServiceError) -> None:
    if error.code not in _MISSING:
        raise error


def _metadata(content_type: str, cache_control: str | None) -> dict[str, str]:
    return {"Content-Type": content_type, **({"Cache-Control": cache_control} if cache_control else {})}


def _version(version_id: str | None) -> dict[str, str]:
    return {} if version_id is None else {"versionId": version_id}


def _delete_document(keys: Sequence[str]) -> bytes:
    root = ElementTree.Element("Delete", xmlns="http://s3.amazonaws.com/doc/2006-03-01/")
    ElementTree.SubElement(root, "Quiet").text = "true"
    for key in keys:
        ElementTree.SubElement(ElementTree.SubElement(root, "Object"), "Key").text = key
    return ElementTree.tostring(root)
