"""The endpoint: one request in, the operation it names, one answer out. Path style."""

import logging
import sqlite3
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from local.s3 import buckets, objects, uploads
from local.s3.answers import Call, error_answer
from local.s3.configuration import BucketConfiguration
from local.s3.cors import answer_headers, preflight
from local.s3.errors import S3Error
from local.s3.events import EventDispatcher, OnEvent
from local.s3.incoming import S3Request
from local.s3.signature import verify
from local.s3.store import S3Store

_LOG = logging.getLogger(__name__)

Operation = Callable[[Call], Awaitable[web.StreamResponse]]

SERVER_OPTIONS: Mapping[str, Any] = {"auto_decompress": False, "read_bufsize": 512 * 1024}
"""For `web.AppRunner(app, **SERVER_OPTIONS)`: a gzip body is stored as it was sent, and big bodies flow."""

_SERVICE: dict[str, Operation] = {"GET": buckets.list_buckets}
_BUCKET: dict[str, Operation] = {
    "GET": buckets.list_objects_v1,
    "PUT": buckets.create_bucket,
    "HEAD": buckets.head_bucket,
    "DELETE": buckets.delete_bucket,
}
_BUCKET_SETTINGS: dict[tuple[str, str], Operation] = {
    ("GET", "location"): buckets.get_location,
    ("GET", "versioning"): buckets.get_versioning,
    ("GET", "cors"): buckets.get_cors,
    ("GET", "uploads"): buckets.list_uploads,
    ("GET", "list-type"): buckets.list_objects_v2,
    ("POST", "delete"): buckets.delete_objects,
}
_OBJECT: dict[str, Operation] = {
    "GET": objects.get_object,
    "HEAD": objects.get_object,
    "PUT": objects.put_object,
    "DELETE": objects.delete_object,
}
_OBJECT_SETTINGS: dict[tuple[str, str], Operation] = {
    ("POST", "uploads"): uploads.create_upload,
    ("POST", "uploadId"): uploads.complete_upload,
    ("GET", "uploadId"): uploads.list_parts,
    ("PUT", "uploadId"): uploads.upload_part,
    ("DELETE", "uploadId"): uploads.abort_upload,
}
_COPIES: dict[Operation, Operation] = {
    objects.put_object: objects.copy_object,
    uploads.upload_part: uploads.upload_part_copy,
}
_SUBRESOURCES = frozenset(
    (
        *("accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering"),
        *("inventory", "legal-hold", "lifecycle", "list-type", "location", "logging", "metrics", "notification"),
        *("object-lock", "ownershipControls", "policy", "policyStatus", "publicAccessBlock", "replication"),
        *("requestPayment", "restore", "retention", "select", "session", "tagging", "torrent", "uploadId", "uploads"),
        *("versioning", "versions", "website"),
    )
)


def find_operation(request: S3Request) -> Operation:
    """Raises MethodNotAllowed, or NotImplemented for a subresource this endpoint does not have."""
    if request.bucket is None:
        plain, settings = _SERVICE, {}
    elif request.key is None:
        plain, settings = _BUCKET, _BUCKET_SETTINGS
    else:
        plain, settings = _OBJECT, _OBJECT_SETTINGS
    named = next((name for name, _ in request.query if name in _SUBRESOURCES), None)
    operation = plain.get(request.method) if named is None else settings.get((request.method, named))
    if operation is None:
        if named is not None:
            raise S3Error("NotImplemented", Resource=named)
        raise S3Error("MethodNotAllowed", Method=request.method)
    return _COPIES.get(operation, operation) if "x-amz-copy-source" in request.headers else operation


class S3Endpoint:
    """Serves `store` to whoever signs with `credentials` (`{access_key: secret}`) for `region`."""

    def __init__(
        self,
        store: S3Store,
        credentials: Mapping[str, str],
        region: str,
        on_event: OnEvent | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._credentials = credentials
        self._region = region
        self._clock = clock
        self._dispatcher = EventDispatcher(store, region, on_event) if on_event else None

    async def start(self) -> None:
        """Begin delivering events, first those an earlier process left."""
        if self._dispatcher is not None:
            self._dispatcher.start()

    async def stop(self) -> None:
        if self._dispatcher is not None:
            await self._dispatcher.stop()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; raises nothing but ConnectionError, when the client cannot be answered any more."""
        request_id = uuid.uuid4().hex[:16].upper()
        headers = {"x-amz-request-id": request_id, "x-amz-id-2": "local", "Server": "AmazonS3"}
        try:
            incoming = S3Request.read(request)
            configuration = self._configuration(incoming)
            headers |= answer_headers(incoming, configuration)
            response = await self._answer(incoming, configuration, headers)
        except ConnectionError:
            raise
        except Exception as error:
            response = error_answer(_as_s3_error(error), request.method, request.path, request_id)
        if not response.prepared:
            response.headers.update(headers)
        return response

    def _configuration(self, incoming: S3Request) -> BucketConfiguration | None:
        try:
            return self._store.bucket(incoming.bucket or "")
        except S3Error:
            return None

    async def _answer(
        self, incoming: S3Request, configuration: BucketConfiguration | None, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        if incoming.method == "OPTIONS":
            return preflight(incoming, configuration)
        identity = verify(incoming, self._credentials, self._region, self._clock())
        if incoming.param("versionId") not in (None, "null"):
            raise S3Error("InvalidArgument", "Invalid version id specified")
        operation = find_operation(incoming)
        return await operation(Call(incoming, identity, self._store, headers))


def _as_s3_error(error: Exception) -> S3Error:
    if isinstance(error, S3Error):
        return error
    _LOG.error("An S3 request failed", exc_info=error)
    if isinstance(error, sqlite3.OperationalError) and "full" in str(error):
        return S3Error("StorageFull")
    return S3Error("InternalError")
