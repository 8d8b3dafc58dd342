"""Presigned part URLs: the exact request that was signed is taken, any other is refused and stores nothing."""

import base64
import hashlib
import re
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import urllib3
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY = "uploads/1/source"
BODY = b"0123456789" * 100


@pytest.fixture
def upload_id(s3: Any) -> str:
    return str(s3.create_multipart_upload(Bucket="films", Key=KEY)["UploadId"])


@pytest.fixture
def part_url(s3: Any, upload_id: str) -> str:
    """Signs `content-length` as the upload service does."""
    params = {"Bucket": "films", "Key": KEY, "UploadId": upload_id, "PartNumber": 1, "ContentLength": len(BODY)}
    return str(s3.generate_presigned_url("upload_part", Params=params, ExpiresIn=3600))


@pytest.fixture
def stored(served: Any, s3: Any, upload_id: str) -> Callable[[], tuple[int, int]]:
    """How many parts and files there are now."""
    return lambda: (
        len(s3.list_parts(Bucket="films", Key=KEY, UploadId=upload_id).get("Parts", [])),
        served.blob_count(),
    )


def _md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body).digest()).decode()  # noqa: S324


def _element(answer: urllib3.BaseHTTPResponse, name: str) -> str | None:
    found = re.search(f"<{name}>(.*)</{name}>", answer.data.decode())
    return None if found is None else found[1]


def _code(answer: urllib3.BaseHTTPResponse) -> tuple[int, str | None]:
    return answer.status, _element(answer, "Code")


def test_the_signed_part_is_taken(served: Any, part_url: str, stored: Any) -> None:
    answer = served.request("PUT", part_url, BODY, content_md5=_md5(BODY))
    assert answer.status == 200, answer.data
    assert answer.headers["ETag"] == f'"{hashlib.md5(BODY).hexdigest()}"'  # noqa: S324
    assert stored() == (1, 1)


def test_another_size_is_refused(served: Any, part_url: str, stored: Any) -> None:
    assert _code(served.request("PUT", part_url, BODY + b"x")) == (403, "SignatureDoesNotMatch")
    assert _code(served.request("PUT", part_url, BODY[:-1])) == (403, "SignatureDoesNotMatch")
    assert stored() == (0, 0)


def test_another_part_number_key_or_upload_is_refused(served: Any, part_url: str, stored: Any) -> None:
    for old, new in (("partNumber=1&", "partNumber=2&"), (KEY, "uploads/2/source"), ("uploadId=", "uploadId=x")):
        assert old in part_url
        assert _code(served.request("PUT", part_url.replace(old, new), BODY)) == (403, "SignatureDoesNotMatch")
    assert stored() == (0, 0)


def test_another_method_is_refused(served: Any, part_url: str) -> None:
    assert _code(served.request("DELETE", part_url)) == (403, "SignatureDoesNotMatch")


def test_an_expired_url_is_refused(served: Any, part_url: str, stored: Any) -> None:
    served.shift = timedelta(seconds=3601)
    answer = served.request("PUT", part_url, BODY)
    assert _code(answer) == (403, "AccessDenied")
    assert b"Request has expired" in answer.data
    served.shift = timedelta()
    assert stored() == (0, 0)


def test_a_wrong_md5_is_refused(served: Any, part_url: str, stored: Any) -> None:
    assert _code(served.request("PUT", part_url, BODY, content_md5=_md5(b"other"))) == (400, "BadDigest")
    assert _code(served.request("PUT", part_url, BODY, content_md5="nonsense")) == (400, "InvalidDigest")
    flipped = bytes([BODY[0] ^ 1]) + BODY[1:]
    assert _code(served.request("PUT", part_url, flipped, content_md5=_md5(BODY))) == (400, "BadDigest")
    assert stored() == (0, 0)


def test_an_unsigned_amz_header_is_refused(served: Any, part_url: str, stored: Any) -> None:
    crc = base64.b64encode(zlib.crc32(BODY).to_bytes(4, "big")).decode()
    answer = served.request("PUT", part_url, BODY, x_amz_checksum_crc32=crc)
    assert _code(answer) == (403, "AccessDenied")
    assert _element(answer, "HeadersNotSigned") == "x-amz-checksum-crc32"
    assert stored() == (0, 0)


def test_a_signed_checksum_is_verified(served: Any, s3: Any, upload_id: str, stored: Any) -> None:
    crc = base64.b64encode(zlib.crc32(BODY).to_bytes(4, "big")).decode()
    params = {"Bucket": "films", "Key": KEY, "UploadId": upload_id, "PartNumber": 1, "ChecksumCRC32": crc}
    url = s3.generate_presigned_url("upload_part", Params=params)
    assert "x-amz-checksum-crc32" in url
    assert _code(served.request("PUT", url, BODY[::-1], x_amz_checksum_crc32=crc)) == (400, "BadDigest")
    assert _code(served.request("PUT", url, BODY)) == (403, "SignatureDoesNotMatch")
    assert stored() == (0, 0)
    assert served.request("PUT", url, BODY, x_amz_checksum_crc32=crc).status == 200


def test_a_checksum_in_the_signed_query_is_verified_as_if_it_were_a_header(served: Any) -> None:
    crc = base64.b64encode(zlib.crc32(BODY).to_bytes(4, "big")).decode()
    request = AWSRequest("PUT", f"{served.url}/films/k?x-amz-checksum-crc32={quote(crc, safe='')}")
    S3SigV4QueryAuth(Credentials("AKLOCAL", "a secret/with+signs"), "s3", "eu-central-1", expires=60).add_auth(request)
    assert _code(served.request("PUT", request.url, BODY[::-1])) == (400, "BadDigest")
    assert served.request("PUT", request.url, BODY).headers["x-amz-checksum-crc32"] == crc


def test_a_url_signed_with_another_secret_is_refused(served: Any, upload_id: str, stored: Any) -> None:
    stranger = served.client(secret="guessed")
    params = {"Bucket": "films", "Key": KEY, "UploadId": upload_id, "PartNumber": 1}
    url = stranger.generate_presigned_url("upload_part", Params=params)
    stranger.close()
    assert _code(served.request("PUT", url, BODY)) == (403, "SignatureDoesNotMatch")
    assert stored() == (0, 0)


def test_a_body_without_a_length_is_refused(served: Any, s3: Any, upload_id: str, stored: Any) -> None:
    params = {"Bucket": "films", "Key": KEY, "UploadId": upload_id, "PartNumber": 1}
    url = s3.generate_presigned_url("upload_part", Params=params)
    answer = urllib3.request("PUT", url, body=iter([BODY]), timeout=20, retries=False)
    assert _code(answer) == (411, "MissingContentLength")
    assert stored() == (0, 0)


def test_parts_for_no_upload_or_no_number_are_refused(served: Any, s3: Any, upload_id: str) -> None:
    def put(upload: str, number: int) -> tuple[int, str | None]:
        params = {"Bucket": "films", "Key": KEY, "UploadId": upload, "PartNumber": number}
        return _code(served.request("PUT", s3.generate_presigned_url("upload_part", Params=params), BODY))

    assert put("unknown", 1) == (404, "NoSuchUpload")
    assert put(upload_id, 0) == (400, "InvalidArgument")
    assert put(upload_id, 10_001) == (400, "InvalidArgument")
    s3.abort_multipart_upload(Bucket="films", Key=KEY, UploadId=upload_id)
    assert put(upload_id, 1) == (404, "NoSuchUpload")


def test_a_presigned_get_serves_ranges_and_an_unsigned_one_nothing(served: Any, s3: Any) -> None:
    s3.put_object(Bucket="films", Key="k", Body=BODY)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "films", "Key": "k"})
    answer = served.request("GET", url, range="bytes=10-19")
    assert (answer.status, answer.data) == (206, BODY[10:20])
    assert _code(served.request("GET", "/films/k")) == (403, "AccessDenied")
    assert _code(served.request("PUT", "/films/k", b"x")) == (403, "AccessDenied")
