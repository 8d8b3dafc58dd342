"""Put, Get, Head, Delete and Copy of one object."""

import hashlib
from dataclasses import replace

from aiohttp import web

from local.s3.answers import Call, empty, xml_answer
from local.s3.checksums import encode, new_digest
from local.s3.conditions import check_copy, check_read, iso, parse_range
from local.s3.errors import S3Error
from local.s3.headers import checksum_headers, object_headers, read_attributes, refuse_unsupported
from local.s3.incoming import decode_once, pick
from local.s3.index import read_pieces
from local.s3.model import Attributes, ObjectInfo, WriteCondition
from local.s3.sending import send_object
from local.s3.store import OpenObject, S3Store
from local.s3.threads import in_thread
from local.s3.xml import add, document

_COPY_LIMIT_BYTES = 5 * 1024**3


async def put_object(call: Call) -> web.StreamResponse:
    store = call.store
    store.bucket(call.bucket)
    attributes = read_attributes(call.request)
    condition = WriteCondition.from_headers(call.request.headers)
    store.check_condition(call.bucket, call.key, condition)
    received = await call.receive()
    attributes = replace(attributes, checksums=dict(received.checksums))
    event = "ObjectCreated:Put"
    try:
        info = await in_thread(
            store.put,
            call.bucket,
            call.key,
            [received.piece],
            received.etag,
            attributes,
            event=event,
            condition=condition,
        )
    except Exception:
        store.blobs.discard([received.piece[0]])
        raise
    checksums = checksum_headers(info.attributes.checksums, "FULL_OBJECT")
    return web.Response(headers={"ETag": info.quoted_etag, "x-amz-server-side-encryption": "AES256", **checksums})


async def get_object(call: Call) -> web.StreamResponse:
    """GET and HEAD: whole, a range, or one part of an object uploaded in parts."""
    request = call.request
    call.store.bucket(call.bucket)
    with call.store.open(call.bucket, call.key) as opened:
        info = opened.info
        headers = {**call.headers, **object_headers(request, info)}
        try:
            check_read(request.headers, info)
        except S3Error as error:
            if error.code != "NotModified":
                raise
            return web.Response(
                status=304, headers=pick(headers, ("etag", "last-modified", "cache-control", "expires"))
            )
        span = _requested_span(call, info, headers)
        start, count = span or (0, info.size)
        if span is not None:
            headers["content-range"] = f"bytes {start}-{start + count - 1}/{info.size}"
            if count != info.size:
                # the stored checksum is of everything and says nothing of a part of it
                headers = {name: value for name, value in headers.items() if not name.startswith("x-amz-checksum-")}
        response = web.StreamResponse(status=200 if span is None else 206, headers=headers)
        return await send_object(request.http, response, opened, start, count)


def _requested_span(call: Call, info: ObjectInfo, headers: dict[str, str]) -> tuple[int, int] | None:
    wanted = call.request.headers.get("Range")
    if not call.request.has("partNumber"):
        return parse_range(wanted, info.size)
    if wanted is not None:
        raise S3Error("InvalidRequest", "Cannot specify both Range header and partNumber query parameter")
    number = call.request.number("partNumber", 1, lowest=1, highest=10_000)
    sizes = info.attributes.part_sizes or (info.size,)
    if number > len(sizes):
        raise S3Error("InvalidPartNumber", PartNumberRequested=str(number), ActualPartCount=str(len(sizes)))
    if info.attributes.part_sizes:
        headers["x-amz-mp-parts-count"] = str(len(sizes))
    # an empty object has no byte that Content-Range could name
    return (sum(sizes[: number - 1]), sizes[number - 1]) if sizes[number - 1] else None


async def delete_object(call: Call) -> web.StreamResponse:
    call.store.bucket(call.bucket)
    condition = WriteCondition(if_match=call.request.headers.get("If-Match"))
    await in_thread(call.store.delete, call.bucket, call.key, condition=condition)
    return empty(204)


def copy_source(call: Call) -> tuple[str, str]:
    """Bucket and key of `x-amz-copy-source`; raises InvalidArgument, NoSuchBucket."""
    raw = call.request.headers["x-amz-copy-source"].removeprefix("/")
    path, _, version = raw.partition("?versionId=")
    if version not in ("", "null"):
        raise S3Error("InvalidArgument", "Invalid version id specified")
    bucket, _, key = decode_once(path).partition("/")
    if not key:
        raise S3Error("InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
    call.store.bucket(bucket)
    return bucket, key


async def copy_object(call: Call) -> web.StreamResponse:
    """The copy shares its source's files: nothing is moved, and either may go first."""
    store = call.store
    store.bucket(call.bucket)
    bucket, key = copy_source(call)
    refuse_unsupported(call.request.headers)
    condition = WriteCondition.from_headers(call.request.headers)
    with store.open(bucket, key) as opened:
        check_copy(call.request.headers, opened.info)
        attributes = _copied_attributes(call, opened.info)
        info = await in_thread(_copy, call, opened, attributes, condition)
    root = document("CopyObjectResult")
    add(root, "LastModified", iso(info.modified))
    add(root, "ETag", info.quoted_etag)
    for name, value in info.attributes.checksums.items():
        add(root, f"Checksum{name.upper()}", value)
    return xml_answer(root)


def _copied_attributes(call: Call, source: ObjectInfo) -> Attributes:
    directive = call.request.headers.get("x-amz-metadata-directive", "COPY")
    if directive not in ("COPY", "REPLACE"):
        raise S3Error("InvalidArgument", "Unknown metadata directive.")
    if directive == "REPLACE":
        return read_attributes(call.request)
    if (source.bucket, source.key) == (call.bucket, call.key):
        raise S3Error(
            "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
            "object's metadata, storage class, website redirect location or encryption attributes.",
        )
    return Attributes(headers=source.attributes.headers, metadata=source.attributes.metadata)


def _copy(call: Call, opened: OpenObject, attributes: Attributes, condition: WriteCondition) -> ObjectInfo:
    source = opened.info
    if source.size > _COPY_LIMIT_BYTES:
        raise S3Error("InvalidRequest", "The specified copy source is larger than the maximum allowable size: 5 GiB")
    etag, checksums = _whole_digests(call, opened)
    store: S3Store = call.store
    with store.index.read() as db:
        pieces = read_pieces(db, source.object_id)
    return store.put(
        call.bucket,
        call.key,
        pieces,
        etag,
        replace(attributes, checksums=checksums),
        event="ObjectCreated:Copy",
        condition=condition,
        shared_with=source,
    )


def _whole_digests(call: Call, opened: OpenObject) -> tuple[str, dict[str, str]]:
    """ETag and checksum of the copy, which is one object whatever its source was uploaded as."""
    source = opened.info
    wanted = call.request.headers.get("x-amz-checksum-algorithm", "").lower()
    known = dict(source.attributes.checksums)
    algorithm = wanted or next(iter(known), "")
    if not source.attributes.part_sizes and (not algorithm or algorithm in known):
        return source.etag, known
    md5 = hashlib.md5(usedforsecurity=False)
    digests = [md5, new_digest(algorithm)] if algorithm else [md5]
    for path, _ in opened.pieces:
        with path.open("rb") as file:
            while data := file.read(1 << 20):
                for digest in digests:
                    digest.update(data)
    return md5.hexdigest(), {algorithm: encode(digests[1].digest())} if algorithm else {}
