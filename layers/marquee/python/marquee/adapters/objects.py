"""Objects in S3 (`domain.ports.ObjectStore`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from marquee.adapters.aws import code_of, configuration, new_session, translated
from marquee.domain.errors import NotFound, TransientError
from marquee.domain.ports import ObjectHead, PreconditionFailed, StoredObject

_MISSING = frozenset({"NoSuchKey", "NotFound", "404"})
# S3 answers 412 to a condition that does not hold and 409 when two conditional writes race.
_CONDITION_FAILED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412"})
_DELETE_BATCH = 1000
_CHUNK = 1024 * 1024
_TRANSFER = TransferConfig(
    multipart_threshold=64 * 1024 * 1024, multipart_chunksize=32 * 1024 * 1024, max_concurrency=2
)


class S3Objects:
    """Objects in S3. Safe to use from several threads."""

    def __init__(self) -> None:
        self._s3 = new_session().client("s3", config=configuration(signature_version="s3v4"))

    def get(self, bucket: str, key: str) -> StoredObject | None:
        with translated("Storage"):
            try:
                answer = self._s3.get_object(Bucket=bucket, Key=key)
                return StoredObject(body=answer["Body"].read(), etag=answer["ETag"])
            except ClientError as error:
                _raise_unless_missing(error)
                return None

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
        more: dict[str, Any] = _metadata(content_type, cache_control)
        if if_match is not None:
            more["IfMatch"] = if_match
        if if_none_match:
            more["IfNoneMatch"] = "*"
        with translated("Storage"):
            try:
                return self._s3.put_object(Bucket=bucket, Key=key, Body=body, **more)["ETag"]
            except ClientError as error:
                # `if_match` on an object that has gone is 404.
                if code_of(error) in _CONDITION_FAILED | (_MISSING if if_match else frozenset()):
                    raise PreconditionFailed(f"{key} has changed meanwhile.") from error
                raise

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        with translated("Storage"):
            try:
                answer = self._s3.head_object(Bucket=bucket, Key=key)
            except ClientError as error:
                _raise_unless_missing(error)
                return None
        return ObjectHead(key=key, size_bytes=answer["ContentLength"], etag=answer["ETag"])

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectHead]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        with translated("Storage"):
            for page in pages:
                for item in page.get("Contents", []):
                    yield ObjectHead(key=item["Key"], size_bytes=item["Size"], etag=item["ETag"])

    def delete(self, bucket: str, key: str) -> None:
        with translated("Storage"):
            self._s3.delete_object(Bucket=bucket, Key=key)

    def delete_prefix(self, bucket: str, prefix: str) -> int:
        if not prefix:
            raise ValueError("an empty prefix is the whole bucket")
        keys = [head.key for head in self.list(bucket, prefix)]
        for start in range(0, len(keys), _DELETE_BATCH):
            batch = keys[start : start + _DELETE_BATCH]
            with translated("Storage"):
                answer = self._s3.delete_objects(
                    Bucket=bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
                )
            if answer.get("Errors"):
                raise TransientError(f"Storage kept {len(answer['Errors'])} objects that should go.")
        return len(keys)

    def presign_get(self, bucket: str, key: str, *, expires_seconds: int, version_id: str | None = None) -> str:
        return self._s3.generate_presigned_url(
            "get_object",
            Params={"Bucket": bucket, "Key": key, **_version(version_id)},
            ExpiresIn=expires_seconds,
        )

    def upload_file(
        self,
        bucket: str,
        key: str,
        path: Path,
        *,
        content_type: str,
        cache_control: str | None = None,
    ) -> None:
        extra = _metadata(content_type, cache_control)
        with translated("Storage"):
            try:
                self._s3.upload_file(str(path), bucket, key, ExtraArgs=extra, Config=_TRANSFER)
            except S3UploadFailedError as error:
                raise TransientError(f"Storage did not take {key}.") from error

    def download_to(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> None:
        with translated("Storage"), path.open("wb") as file:
            try:
                answer = self._s3.get_object(Bucket=bucket, Key=key, **_version(version_id))
                for chunk in answer["Body"].iter_chunks(_CHUNK):
                    file.write(chunk)
            except ClientError as error:
                if code_of(error) in _MISSING | {"NoSuchVersion"}:
                    raise NotFound(f"There is no object {key}.") from error
                raise


def _raise_unless_missing(error: ClientError) -> None:
    if code_of(error) not in _MISSING:
        raise error


def _metadata(content_type: str, cache_control: str | None) -> dict[str, Any]:
    return {"ContentType": content_type, **({"CacheControl": cache_control} if cache_control else {})}


def _version(version_id: str | None) -> dict[str, Any]:
    return {} if version_id is None else {"VersionId": version_id}
