"""The multipart operations over HTTP."""

from dataclasses import replace
from xml.etree.ElementTree import Element

from aiohttp import web

from local.s3.answers import Call, empty, url_encode, xml_answer
from local.s3.checksums import ALGORITHMS, check_value, default_type
from local.s3.conditions import check_copy, iso, parse_range
from local.s3.errors import S3Error
from local.s3.headers import checksum_headers, read_attributes
from local.s3.incoming import whole_number
from local.s3.model import WriteCondition
from local.s3.multipart import MAX_PART_NUMBER, ClaimedPart, Multiparts, Part, Upload, WholeClaim
from local.s3.objects import copy_source
from local.s3.receiving import BodyClaim, BodySink, Received
from local.s3.store import OpenObject
from local.s3.threads import in_thread
from local.s3.xml import add, children, document, parse, text


def _multiparts(call: Call) -> Multiparts:
    call.store.bucket(call.bucket)
    return Multiparts(call.store)


def _upload_id(call: Call) -> str:
    return call.request.param("uploadId") or ""


def _chosen_checksum(call: Call) -> tuple[str | None, str]:
    """Algorithm (lower case) and type of a new upload; raises InvalidRequest for a pair S3 does not offer."""
    algorithm = call.request.headers.get("x-amz-checksum-algorithm", "").lower() or None
    kind = call.request.headers.get("x-amz-checksum-type", "").upper()
    if algorithm is None:
        if kind:
            raise S3Error("InvalidRequest", "The x-amz-checksum-type header can only be used with an algorithm.")
        return None, "COMPOSITE"
    if algorithm not in ALGORITHMS:
        raise S3Error("InvalidRequest", "Checksum algorithm provided is unsupported.")
    kind = kind or default_type(algorithm)
    offered = {"crc64nvme": ("FULL_OBJECT",), "sha1": ("COMPOSITE",), "sha256": ("COMPOSITE",)}
    if kind not in offered.get(algorithm, ("FULL_OBJECT", "COMPOSITE")):
        message = f"The {kind} checksum type cannot be used with the {algorithm} checksum algorithm."
        raise S3Error("InvalidRequest", message)
    return algorithm, kind


async def create_upload(call: Call) -> web.StreamResponse:
    multiparts = _multiparts(call)
    algorithm, kind = _chosen_checksum(call)
    attributes = replace(read_attributes(call.request), checksum_type=kind)
    upload_id = await in_thread(multiparts.create, call.bucket, call.key, attributes, algorithm)
    root = document("InitiateMultipartUploadResult")
    add(root, "Bucket", call.bucket)
    add(root, "Key", call.key)
    add(root, "UploadId", upload_id)
    chosen = {"x-amz-checksum-algorithm": algorithm.upper(), "x-amz-checksum-type": kind} if algorithm else {}
    return xml_answer(root, headers=chosen)


def _part_target(call: Call) -> tuple[Upload, int]:
    number = call.request.param("partNumber") or ""
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= MAX_PART_NUMBER):
        raise S3Error("InvalidArgument", f"Part number must be an integer between 1 and {MAX_PART_NUMBER}, inclusive")
    return _multiparts(call).get(call.bucket, call.key, _upload_id(call)), int(number)


async def upload_part(call: Call) -> web.StreamResponse:
    upload, number = _part_target(call)
    received = await call.receive()
    try:
        sent = next(iter(received.checksums), None)
        if upload.algorithm is not None and sent != upload.algorithm:
            message = f"Checksum Type mismatch occurred, expected checksum Type: {upload.algorithm}, actual: {sent}"
            raise S3Error("InvalidRequest", message)
        part = await _keep_part(call, upload, number, received)
    except Exception:
        call.store.blobs.discard([received.piece[0]])
        raise
    headers = {f"x-amz-checksum-{name}": value for name, value in part.checksums.items()}
    return web.Response(headers={"ETag": f'"{part.etag}"', "x-amz-server-side-encryption": "AES256", **headers})


async def _keep_part(call: Call, upload: Upload, number: int, received: Received) -> Part:
    add_part = Multiparts(call.store).add_part
    return await in_thread(add_part, upload, number, received.piece, received.etag, received.checksums)


async def upload_part_copy(call: Call) -> web.StreamResponse:
    upload, number = _part_target(call)
    bucket, key = copy_source(call)
    with call.store.open(bucket, key) as opened:
        check_copy(call.request.headers, opened.info)
        wanted = call.request.headers.get("x-amz-copy-source-range")
        span = parse_range(wanted, opened.info.size)
        if wanted is not None and span is None:
            raise S3Error("InvalidArgument", "The x-amz-copy-source-range value must be of the form bytes=first-last")
        received = await in_thread(_copy_span, call, upload, opened, span or (0, opened.info.size))
    part = await _keep_part(call, upload, number, received)
    root = document("CopyPartResult")
    add(root, "LastModified", iso(part.modified))
    add(root, "ETag", f'"{part.etag}"')
    _add_checksums(root, part)
    return xml_answer(root)


def _copy_span(call: Call, upload: Upload, opened: OpenObject, span: tuple[int, int]) -> Received:
    claim = BodyClaim(span[1], None, None, {}, None, None, computed_algorithm=upload.algorithm)
    sink = BodySink(call.store.blobs.create, claim, call.identity)
    try:
        for path, offset, count in opened.spans(*span):
            with path.open("rb") as file:
                file.seek(offset)
                while count and (data := file.read(min(count, 1 << 20))):
                    sink.feed(data)
                    count -= len(data)
        return sink.finish()
    except BaseException:
        sink.abandon()
        raise


def _claimed_parts(body: bytes) -> list[ClaimedPart]:
    root = parse(body, "CompleteMultipartUpload")
    claimed = []
    for element in children(root, "Part"):
        number, etag = text(element, "PartNumber"), text(element, "ETag")
        if number is None or etag is None or not number.strip().isdigit():
            raise S3Error("MalformedXML")
        found = {name: text(element, f"Checksum{name.upper()}") for name in ALGORITHMS}
        checksums = {name: check_value(name, value) for name, value in found.items() if value}
        claimed.append(ClaimedPart(int(number), etag.strip().strip('"'), checksums))
    if not claimed or len(claimed) > MAX_PART_NUMBER:
        raise S3Error("MalformedXML")
    return claimed


async def complete_upload(call: Call) -> web.StreamResponse:
    multiparts = _multiparts(call)
    headers = call.request.headers
    claimed = _claimed_parts(await call.document(checksums_are_its_own=False))
    size = headers.get("x-amz-mp-object-size")
    whole = WholeClaim(
        size=None if size is None else whole_number("x-amz-mp-object-size", size, 0, highest=2**63),
        checksums={
            name: headers[f"x-amz-checksum-{name}"] for name in ALGORITHMS if f"x-amz-checksum-{name}" in headers
        },
    )
    condition = WriteCondition.from_headers(headers)
    info = await in_thread(
        multiparts.complete, call.bucket, call.key, _upload_id(call), claimed, condition=condition, whole=whole
    )
    root = document("CompleteMultipartUploadResult")
    http = call.request.http
    add(root, "Location", f"{http.scheme}://{http.host}/{call.bucket}/{url_encode(call.key)}")
    add(root, "Bucket", call.bucket)
    add(root, "Key", call.key)
    add(root, "ETag", info.quoted_etag)
    for name, value in info.attributes.checksums.items():
        add(root, f"Checksum{name.upper()}", value)
    if info.attributes.checksums:
        add(root, "ChecksumType", info.attributes.checksum_type)
    checksums = checksum_headers(info.attributes.checksums, info.attributes.checksum_type)
    return xml_answer(root, headers={"x-amz-server-side-encryption": "AES256", **checksums})


async def abort_upload(call: Call) -> web.StreamResponse:
    await in_thread(_multiparts(call).abort, call.bucket, call.key, _upload_id(call))
    return empty(204)


async def list_parts(call: Call) -> web.StreamResponse:
    multiparts = _multiparts(call)
    upload = multiparts.get(call.bucket, call.key, _upload_id(call))
    marker = call.request.number("part-number-marker", 0)
    limit = min(call.request.number("max-parts", 1000), 1000)
    parts = await in_thread(multiparts.parts, upload, marker, limit + 1)
    shown = parts[:limit]
    root = document("ListPartsResult")
    for name, value in (
        ("Bucket", call.bucket),
        ("Key", call.key),
        ("UploadId", upload.upload_id),
        ("PartNumberMarker", marker),
        ("NextPartNumberMarker", shown[-1].number if shown else marker),
        ("MaxParts", limit),
        ("IsTruncated", len(parts) > limit),
        ("StorageClass", "STANDARD"),
    ):
        add(root, name, value)
    if upload.algorithm:
        add(root, "ChecksumAlgorithm", upload.algorithm.upper())
        add(root, "ChecksumType", upload.attributes.checksum_type)
    for part in shown:
        element = add(root, "Part")
        add(element, "PartNumber", part.number)
        add(element, "LastModified", iso(part.modified))
        add(element, "ETag", f'"{part.etag}"')
        add(element, "Size", part.size)
        _add_checksums(element, part)
    return xml_answer(root)


def _add_checksums(element: Element, part: Part) -> None:
    for name, value in part.checksums.items():
        add(element, f"Checksum{name.upper()}", value)
