"""Operations on buckets: making them, their settings, and the lists of what they hold."""

import base64
import binascii
from collections.abc import Callable
from xml.etree.ElementTree import Element

from aiohttp import web

from local.s3.answers import Call, empty, url_encode, xml_answer
from local.s3.conditions import iso
from local.s3.errors import S3Error
from local.s3.listing import Listing, list_objects
from local.s3.model import ObjectInfo
from local.s3.multipart import Multiparts
from local.s3.threads import in_thread
from local.s3.xml import add, children, document, parse, text

_OWNER = "marquee"
_MAX_DELETES = 1000


async def list_buckets(call: Call) -> web.StreamResponse:
    root = document("ListAllMyBucketsResult")
    add(add(root, "Owner"), "ID", _OWNER)
    buckets = add(root, "Buckets")
    for name, created in call.store.buckets():
        bucket = add(buckets, "Bucket")
        add(bucket, "Name", name)
        add(bucket, "CreationDate", iso(created))
    return xml_answer(root)


async def create_bucket(call: Call) -> web.StreamResponse:
    name = call.bucket
    if not 3 <= len(name) <= 63 or not all(c.islower() or c.isdigit() or c in ".-" for c in name):
        raise S3Error("InvalidBucketName", BucketName=name)
    await call.document()
    if any(name == existing for existing, _ in call.store.buckets()):
        raise S3Error("BucketAlreadyOwnedByYou", BucketName=name)
    await in_thread(call.store.create_bucket, name)
    return empty(Location=f"/{name}")


async def head_bucket(call: Call) -> web.StreamResponse:
    call.store.bucket(call.bucket)
    return empty(x_amz_bucket_region=call.identity.scope.split("/")[1])


async def delete_bucket(call: Call) -> web.StreamResponse:
    await in_thread(call.store.delete_bucket, call.bucket)
    return empty(204)


async def get_location(call: Call) -> web.StreamResponse:
    call.store.bucket(call.bucket)
    root = document("LocationConstraint")
    region = call.identity.scope.split("/")[1]
    root.text = None if region == "us-east-1" else region
    return xml_answer(root)


async def get_versioning(call: Call) -> web.StreamResponse:
    call.store.bucket(call.bucket)
    return xml_answer(document("VersioningConfiguration"))


async def get_cors(call: Call) -> web.StreamResponse:
    rules = call.store.bucket(call.bucket).cors
    if not rules:
        raise S3Error("NoSuchCORSConfiguration", BucketName=call.bucket)
    root = document("CORSConfiguration")
    for rule in rules:
        element = add(root, "CORSRule")
        for name, values in (
            ("AllowedOrigin", rule.origins),
            ("AllowedMethod", rule.methods),
            ("AllowedHeader", rule.headers),
            ("ExposeHeader", rule.exposed_headers),
        ):
            for value in values:
                add(element, name, value)
        if rule.max_age_seconds is not None:
            add(element, "MaxAgeSeconds", rule.max_age_seconds)
    return xml_answer(root)


async def delete_objects(call: Call) -> web.StreamResponse:
    """Up to 1,000 keys at once; each says for itself how it went."""
    call.store.bucket(call.bucket)
    headers = call.request.headers
    if "Content-MD5" not in headers and not any(name.lower().startswith("x-amz-checksum-") for name in headers):
        raise S3Error("InvalidRequest", "Missing required header for this request: Content-MD5")
    body = parse(await call.document(), "Delete")
    keys = [text(element, "Key") for element in children(body, "Object")]
    if not keys or len(keys) > _MAX_DELETES or not all(keys):
        raise S3Error("MalformedXML")
    is_quiet = text(body, "Quiet") == "true"
    root = document("DeleteResult")
    for key in keys:
        await in_thread(call.store.delete, call.bucket, key or "")
        if not is_quiet:
            add(add(root, "Deleted"), "Key", key)
    return xml_answer(root)


def _encoder(call: Call) -> Callable[[str], str]:
    encoding = call.request.param("encoding-type")
    if encoding is None:
        return str
    if encoding != "url":
        raise S3Error("InvalidArgument", "Invalid Encoding Method specified in Request")
    return url_encode


async def _list(call: Call, after: str, limit: int) -> Listing:
    call.store.bucket(call.bucket)
    prefix, delimiter = call.request.param("prefix") or "", call.request.param("delimiter") or ""
    return await in_thread(
        list_objects, call.store.index, call.bucket, prefix=prefix, delimiter=delimiter, after=after, limit=limit
    )


def _add_entries(root: Element, listing: Listing, encode: Callable[[str], str], *, with_owner: bool) -> None:
    for entry in listing.entries:
        if isinstance(entry, ObjectInfo):
            _add_object(root, entry, encode, with_owner=with_owner)
    for entry in listing.entries:
        if isinstance(entry, str):
            add(add(root, "CommonPrefixes"), "Prefix", encode(entry))


def _add_object(root: Element, info: ObjectInfo, encode: Callable[[str], str], *, with_owner: bool) -> None:
    element = add(root, "Contents")
    add(element, "Key", encode(info.key))
    add(element, "LastModified", iso(info.modified))
    add(element, "ETag", info.quoted_etag)
    for name in info.attributes.checksums:
        add(element, "ChecksumAlgorithm", name.upper())
        add(element, "ChecksumType", info.attributes.checksum_type)
    add(element, "Size", info.size)
    if with_owner:
        add(add(element, "Owner"), "ID", _OWNER)
    add(element, "StorageClass", "STANDARD")


def _token(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _key_of(token: str) -> str:
    try:
        return base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise S3Error("InvalidArgument", "The continuation token provided is incorrect") from error


async def list_objects_v2(call: Call) -> web.StreamResponse:
    request = call.request
    encode = _encoder(call)
    limit = min(request.number("max-keys", 1000), 1000)
    token, start_after = request.param("continuation-token"), request.param("start-after")
    listing = await _list(call, _key_of(token) if token else (start_after or ""), limit)
    root = document("ListBucketResult")
    add(root, "Name", call.bucket)
    add(root, "Prefix", encode(request.param("prefix") or ""))
    if request.param("delimiter"):
        add(root, "Delimiter", encode(request.param("delimiter") or ""))
    add(root, "MaxKeys", limit)
    add(root, "KeyCount", len(listing.entries))
    add(root, "IsTruncated", listing.is_truncated)
    if request.param("encoding-type"):
        add(root, "EncodingType", "url")
    if token:
        add(root, "ContinuationToken", token)
    elif start_after:
        add(root, "StartAfter", encode(start_after))
    if listing.is_truncated and listing.last is not None:
        add(root, "NextContinuationToken", _token(listing.last))
    _add_entries(root, listing, encode, with_owner=request.param("fetch-owner") == "true")
    return xml_answer(root)


async def list_objects_v1(call: Call) -> web.StreamResponse:
    request = call.request
    encode = _encoder(call)
    limit = min(request.number("max-keys", 1000), 1000)
    marker = request.param("marker") or ""
    listing = await _list(call, marker, limit)
    root = document("ListBucketResult")
    add(root, "Name", call.bucket)
    add(root, "Prefix", encode(request.param("prefix") or ""))
    add(root, "Marker", encode(marker))
    add(root, "MaxKeys", limit)
    if request.param("delimiter"):
        add(root, "Delimiter", encode(request.param("delimiter") or ""))
        if listing.is_truncated and listing.last is not None:
            add(root, "NextMarker", encode(listing.last))
    add(root, "IsTruncated", listing.is_truncated)
    if request.param("encoding-type"):
        add(root, "EncodingType", "url")
    _add_entries(root, listing, encode, with_owner=True)
    return xml_answer(root)


async def list_uploads(call: Call) -> web.StreamResponse:
    """Unfinished uploads with the prefix; pages by key and upload id markers."""
    call.store.bucket(call.bucket)
    request, encode = call.request, _encoder(call)
    prefix, limit = request.param("prefix") or "", min(request.number("max-uploads", 1000), 1000)
    key_marker, id_marker = request.param("key-marker") or "", request.param("upload-id-marker") or ""
    uploads = await in_thread(Multiparts(call.store).uploads, call.bucket)
    uploads = sorted((u for u in uploads if u.key.startswith(prefix)), key=lambda u: (u.key.encode(), u.upload_id))
    start = (key_marker.encode(), id_marker or "\U0010ffff")
    waiting = [u for u in uploads if not key_marker or (u.key.encode(), u.upload_id) > start]
    shown = waiting[:limit]
    root = document("ListMultipartUploadsResult")
    add(root, "Bucket", call.bucket)
    add(root, "KeyMarker", encode(key_marker))
    add(root, "UploadIdMarker", id_marker)
    if shown and len(waiting) > limit:
        add(root, "NextKeyMarker", encode(shown[-1].key))
        add(root, "NextUploadIdMarker", shown[-1].upload_id)
    add(root, "Prefix", encode(prefix))
    add(root, "MaxUploads", limit)
    add(root, "IsTruncated", len(waiting) > limit)
    for upload in shown:
        element = add(root, "Upload")
        add(element, "Key", encode(upload.key))
        add(element, "UploadId", upload.upload_id)
        add(element, "StorageClass", "STANDARD")
        add(element, "Initiated", iso(upload.created))
    return xml_answer(root)
