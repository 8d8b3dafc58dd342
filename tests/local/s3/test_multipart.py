"""Uploads in parts through boto3: completing, refusing, repeating, copying."""

import os
from typing import Any

import pytest
from botocore.exceptions import ClientError

KEY = "uploads/1/source"
MIB = 1024 * 1024
BIG, SMALL = os.urandom(5 * MIB), b"the end"


def _begin(s3: Any, **options: Any) -> str:
    return str(s3.create_multipart_upload(Bucket="films", Key=KEY, **options)["UploadId"])


def _send(s3: Any, upload_id: str, number: int, body: bytes, **options: Any) -> dict[str, Any]:
    answer = s3.upload_part(Bucket="films", Key=KEY, UploadId=upload_id, PartNumber=number, Body=body, **options)
    return {"PartNumber": number, "ETag": answer["ETag"]}


def _complete(s3: Any, upload_id: str, parts: list[dict[str, Any]], **options: Any) -> Any:
    return s3.complete_multipart_upload(
        Bucket="films", Key=KEY, UploadId=upload_id, MultipartUpload={"Parts": parts}, **options
    )


def _refused(call: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(*arguments, **options)
    return str(caught.value.response["Error"]["Code"])


def test_completing_again_gives_the_same_answer_and_no_second_event(s3: Any, served: Any) -> None:
    upload_id = _begin(s3, ContentType="video/mp4")
    parts = [_send(s3, upload_id, 1, BIG), _send(s3, upload_id, 7, SMALL)]
    etags = {_complete(s3, upload_id, parts)["ETag"] for _ in range(3)}
    assert len(etags) == 1
    head = s3.get_object(Bucket="films", Key=KEY)
    assert (head["Body"].read(), head["ContentType"]) == (BIG + SMALL, "video/mp4")
    s3.delete_object(Bucket="films", Key=KEY)
    events = served.wait_for_events(2)
    assert [event["eventName"] for event in events] == ["ObjectCreated:CompleteMultipartUpload", "ObjectRemoved:Delete"]
    assert _refused(_complete, s3, upload_id, parts[:1]) == "NoSuchUpload"
    assert _refused(_send, s3, upload_id, 1, SMALL) == "NoSuchUpload"
    assert served.blob_count() == 0


def test_wrong_part_lists_are_refused_and_the_upload_goes_on(s3: Any) -> None:
    upload_id = _begin(s3)
    first, second = _send(s3, upload_id, 1, BIG), _send(s3, upload_id, 2, SMALL)
    assert _refused(_complete, s3, upload_id, [second, first]) == "InvalidPartOrder"
    assert _refused(_complete, s3, upload_id, [first, first]) == "InvalidPartOrder"
    assert _refused(_complete, s3, upload_id, [first, {**second, "PartNumber": 3}]) == "InvalidPart"
    assert _refused(_complete, s3, upload_id, [first, {**second, "ETag": first["ETag"]}]) == "InvalidPart"
    assert _refused(_complete, s3, upload_id, []) == "MalformedXML"
    assert _refused(_complete, s3, "unknown", [first]) == "NoSuchUpload"
    assert _refused(_complete, s3, upload_id, [first, second], MpuObjectSize=1) == "InvalidRequest"
    assert _refused(s3.head_object, Bucket="films", Key=KEY) == "404"
    _complete(s3, upload_id, [first, second], MpuObjectSize=len(BIG + SMALL))


def test_a_part_under_5_mib_is_only_taken_as_the_last(s3: Any) -> None:
    upload_id = _begin(s3)
    parts = [_send(s3, upload_id, 1, SMALL), _send(s3, upload_id, 2, SMALL)]
    assert _refused(_complete, s3, upload_id, parts) == "EntityTooSmall"
    _complete(s3, upload_id, parts[:1])
    assert s3.get_object(Bucket="films", Key=KEY)["Body"].read() == SMALL


def test_a_part_sent_again_replaces_the_first(s3: Any, served: Any) -> None:
    upload_id = _begin(s3)
    old, new = _send(s3, upload_id, 1, b"old"), _send(s3, upload_id, 1, b"new!")
    assert served.blob_count() == 1
    assert _refused(_complete, s3, upload_id, [old]) == "InvalidPart"
    _complete(s3, upload_id, [new])
    assert s3.get_object(Bucket="films", Key=KEY)["Body"].read() == b"new!"


def test_completing_obeys_its_condition(s3: Any) -> None:
    s3.put_object(Bucket="films", Key=KEY, Body=b"there")
    upload_id = _begin(s3)
    part = _send(s3, upload_id, 1, SMALL)
    assert _refused(_complete, s3, upload_id, [part], IfNoneMatch="*") == "PreconditionFailed"
    assert s3.get_object(Bucket="films", Key=KEY)["Body"].read() == b"there"
    _complete(s3, upload_id, [part], IfMatch=s3.head_object(Bucket="films", Key=KEY)["ETag"])


def test_abort_removes_the_parts(s3: Any, served: Any) -> None:
    upload_id = _begin(s3)
    part = _send(s3, upload_id, 1, SMALL)
    listed = s3.list_multipart_uploads(Bucket="films")["Uploads"]
    assert [(item["Key"], item["UploadId"]) for item in listed] == [(KEY, upload_id)]
    s3.abort_multipart_upload(Bucket="films", Key=KEY, UploadId=upload_id)
    assert _refused(_complete, s3, upload_id, [part]) == "NoSuchUpload"
    assert _refused(s3.abort_multipart_upload, Bucket="films", Key=KEY, UploadId=upload_id) == "NoSuchUpload"
    assert served.blob_count() == 0
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="films")


def test_parts_are_listed_in_pages(s3: Any) -> None:
    upload_id = _begin(s3)
    for number in (3, 1, 2):
        _send(s3, upload_id, number, b"x" * number)
    pages = s3.get_paginator("list_parts").paginate(
        Bucket="films", Key=KEY, UploadId=upload_id, PaginationConfig={"PageSize": 2}
    )
    assert [[(part["PartNumber"], part["Size"]) for part in page["Parts"]] for page in pages] == [
        [(1, 1), (2, 2)],
        [(3, 3)],
    ]


def test_a_part_may_be_a_span_of_another_object(s3: Any) -> None:
    s3.put_object(Bucket="films", Key="other", Body=b"0123456789")
    upload_id = _begin(s3)
    target = {"Bucket": "films", "Key": KEY, "UploadId": upload_id, "PartNumber": 1, "CopySource": "films/other"}
    answer = s3.upload_part_copy(**target, CopySourceRange="bytes=2-5")
    assert _refused(s3.upload_part_copy, **target, CopySourceRange="bytes=20-30") == "InvalidRange"
    _complete(s3, upload_id, [{"PartNumber": 1, "ETag": answer["CopyPartResult"]["ETag"]}])
    assert s3.get_object(Bucket="films", Key=KEY)["Body"].read() == b"2345"


def test_checksums_of_parts_make_the_checksum_of_the_whole(s3: Any) -> None:
    upload_id = _begin(s3, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    bodies = {1: BIG, 2: SMALL}
    parts = [_send(s3, upload_id, number, body, ChecksumAlgorithm="CRC32") for number, body in bodies.items()]
    whole = s3.put_object(Bucket="films", Key="whole", Body=BIG + SMALL, ChecksumAlgorithm="CRC32")["ChecksumCRC32"]
    assert _refused(_complete, s3, upload_id, parts, ChecksumCRC32="AAAAAA==") == "BadDigest"
    assert _complete(s3, upload_id, parts, ChecksumCRC32=whole)["ChecksumCRC32"] == whole


def test_a_composite_upload_needs_the_checksum_it_was_begun_with(s3: Any) -> None:
    upload_id = _begin(s3, ChecksumAlgorithm="SHA256")
    assert _refused(_send, s3, upload_id, 1, SMALL, ChecksumAlgorithm="CRC32") == "InvalidRequest"
    part = _send(s3, upload_id, 1, SMALL, ChecksumAlgorithm="SHA256")
    assert _refused(_complete, s3, upload_id, [part]) == "InvalidRequest"
    sha = s3.list_parts(Bucket="films", Key=KEY, UploadId=upload_id)["Parts"][0]["ChecksumSHA256"]
    assert _complete(s3, upload_id, [{**part, "ChecksumSHA256": sha}])["ChecksumSHA256"].endswith("-1")
