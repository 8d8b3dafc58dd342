"""Objects over boto3 on the real server: what goes in comes out, and what S3 refuses is refused."""

import base64
import gzip
import hashlib
import http.client
import io
import os
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

ODD_KEYS = [
    "a/../../b",
    "../../etc/passwd",
    "sp ace+plus&amp;%2F%",
    "ünï/código/日本語/🎬",
    "/leading//double/",
    ".",
    "x" * 1024,
]


def _refused(call: Any, **arguments: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(Bucket="films", **arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_any_key_is_only_a_name(s3: Any, served: Any, key: str) -> None:
    s3.put_object(Bucket="films", Key=key, Body=key.encode())
    assert s3.get_object(Bucket="films", Key=key)["Body"].read() == key.encode()
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="films")["Contents"]] == [key]
    s3.delete_object(Bucket="films", Key=key)
    assert served.blob_count() == 0


def test_what_a_client_says_of_an_object_comes_back(s3: Any) -> None:
    s3.put_object(
        Bucket="films",
        Key="k",
        Body=b"12345",
        Metadata={"Title": "A film"},
        ContentType="video/mp4",
        CacheControl="no-cache",
        ContentDisposition="inline",
        ContentLanguage="de",
    )
    answer = s3.head_object(Bucket="films", Key="k")
    assert answer["Metadata"] == {"title": "A film"}
    assert (answer["ContentType"], answer["CacheControl"]) == ("video/mp4", "no-cache")
    assert (answer["ContentDisposition"], answer["ContentLanguage"]) == ("inline", "de")
    assert answer["ETag"] == f'"{hashlib.md5(b"12345").hexdigest()}"'  # noqa: S324
    assert (answer["ContentLength"], answer["AcceptRanges"]) == (5, "bytes")
    overridden = s3.get_object(Bucket="films", Key="k", ResponseContentType="text/plain")
    assert overridden["ContentType"] == "text/plain"


def test_a_compressed_body_is_stored_as_it_was_sent(s3: Any) -> None:
    body = gzip.compress(b"#EXTM3U" * 100)
    s3.put_object(Bucket="films", Key="k", Body=body, ContentEncoding="gzip")
    answer = s3.get_object(Bucket="films", Key="k")
    assert (answer["Body"].read(), answer["ContentEncoding"]) == (body, "gzip")


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_a_checksum_is_kept_and_returned(s3: Any, algorithm: str) -> None:
    put = s3.put_object(Bucket="films", Key="k", Body=b"checked", ChecksumAlgorithm=algorithm)
    got = s3.get_object(Bucket="films", Key="k", ChecksumMode="ENABLED")
    assert got[f"Checksum{algorithm}"] == put[f"Checksum{algorithm}"]
    assert got["ChecksumType"] == "FULL_OBJECT"
    assert f"Checksum{algorithm}" not in s3.get_object(
        Bucket="films", Key="k", ChecksumMode="ENABLED", Range="bytes=1-2"
    )


@pytest.mark.parametrize(("name", "value"), [("CRC32C", "4waSgw=="), ("CRC64NVME", "rosUhgp5mIg=")])
def test_the_crcs_boto3_cannot_compute_are_verified_too(s3: Any, name: str, value: str) -> None:
    """The catalogue's check values, of the bytes 123456789."""
    s3.put_object(Bucket="films", Key="k", Body=b"123456789", **{f"Checksum{name}": value})
    wrong = base64.b64encode(bytes(len(base64.b64decode(value)))).decode()
    assert _refused(s3.put_object, Key="k2", Body=b"123456789", **{f"Checksum{name}": wrong}) == ("BadDigest", 400)


def test_wrong_digests_leave_nothing_behind(s3: Any, served: Any) -> None:
    other = base64.b64encode(hashlib.md5(b"other").digest()).decode()  # noqa: S324
    assert _refused(s3.put_object, Key="k", Body=b"body", ContentMD5=other) == ("BadDigest", 400)
    assert _refused(s3.put_object, Key="k", Body=b"body", ContentMD5="bm90IG1kNQ==") == ("InvalidDigest", 400)
    assert _refused(s3.put_object, Key="k", Body=b"body", ChecksumSHA256="A" * 43 + "=") == ("BadDigest", 400)
    assert _refused(s3.put_object, Key="k", Body=b"body", ChecksumSHA256="short") == ("InvalidRequest", 400)
    assert _refused(s3.head_object, Key="k") == ("404", 404)
    assert served.blob_count() == 0


def test_ranges_are_answered_as_s3_answers_them(s3: Any) -> None:
    s3.put_object(Bucket="films", Key="k", Body=b"0123456789")

    def read(value: str) -> tuple[int, bytes, str | None]:
        answer = s3.get_object(Bucket="films", Key="k", Range=value)
        return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Body"].read(), answer.get("ContentRange")

    assert read("bytes=2-4") == (206, b"234", "bytes 2-4/10")
    assert read("bytes=7-") == (206, b"789", "bytes 7-9/10")
    assert read("bytes=-3") == (206, b"789", "bytes 7-9/10")
    assert read("bytes=-30") == (206, b"0123456789", "bytes 0-9/10")
    assert read("bytes=8-100") == (206, b"89", "bytes 8-9/10")
    assert read("bytes=1-2,4-5") == (200, b"0123456789", None)
    assert read("lines=1-2") == (200, b"0123456789", None)
    assert _refused(s3.get_object, Key="k", Range="bytes=10-") == ("InvalidRange", 416)
    assert _refused(s3.get_object, Key="k", Range="bytes=-0") == ("InvalidRange", 416)


def test_conditional_reads(s3: Any) -> None:
    etag = s3.put_object(Bucket="films", Key="k", Body=b"1")["ETag"]
    past, future = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(minutes=1)
    assert s3.get_object(Bucket="films", Key="k", IfMatch=etag, IfModifiedSince=past)["ETag"] == etag
    assert _refused(s3.get_object, Key="k", IfNoneMatch=etag) == ("304", 304)
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket="films", Key="k", IfNoneMatch=etag)
    assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["etag"] == etag
    assert _refused(s3.get_object, Key="k", IfModifiedSince=future) == ("304", 304)
    assert _refused(s3.get_object, Key="k", IfMatch='"0"') == ("PreconditionFailed", 412)
    assert _refused(s3.get_object, Key="k", IfUnmodifiedSince=past) == ("PreconditionFailed", 412)
    assert s3.get_object(Bucket="films", Key="k", IfMatch=etag, IfUnmodifiedSince=past)["ETag"] == etag


def test_conditional_writes_let_one_of_two_writers_win(s3: Any, served: Any) -> None:
    etag = s3.put_object(Bucket="films", Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    assert _refused(s3.put_object, Key="k", Body=b"2", IfNoneMatch="*") == ("PreconditionFailed", 412)
    s3.put_object(Bucket="films", Key="k", Body=b"3", IfMatch=etag)
    assert _refused(s3.put_object, Key="k", Body=b"4", IfMatch=etag) == ("PreconditionFailed", 412)
    assert _refused(s3.put_object, Key="none", Body=b"4", IfMatch=etag) == ("NoSuchKey", 404)
    assert _refused(s3.delete_object, Key="k", IfMatch=etag) == ("PreconditionFailed", 412)
    assert s3.get_object(Bucket="films", Key="k")["Body"].read() == b"3"
    assert served.blob_count() == 1


def test_copies_outlive_their_source(s3: Any, served: Any) -> None:
    s3.put_object(Bucket="films", Key="a b+c", Body=b"film", Metadata={"n": "1"}, ContentType="video/mp4")
    result = s3.copy_object(Bucket="films", Key="copy", CopySource={"Bucket": "films", "Key": "a b+c"})
    assert result["CopyObjectResult"]["ETag"] == s3.head_object(Bucket="films", Key="a b+c")["ETag"]
    assert served.blob_count() == 1
    s3.delete_object(Bucket="films", Key="a b+c")
    copy = s3.get_object(Bucket="films", Key="copy")
    assert (copy["Body"].read(), copy["Metadata"], copy["ContentType"]) == (b"film", {"n": "1"}, "video/mp4")
    s3.copy_object(
        Bucket="films",
        Key="copy",
        CopySource="films/copy",
        MetadataDirective="REPLACE",
        Metadata={"n": "2"},
    )
    assert s3.get_object(Bucket="films", Key="copy")["Metadata"] == {"n": "2"}
    assert _refused(s3.copy_object, Key="copy", CopySource="films/copy") == ("InvalidRequest", 400)
    assert _refused(s3.copy_object, Key="x", CopySource="films/none") == ("NoSuchKey", 404)
    refused = _refused(s3.copy_object, Key="x", CopySource="films/copy", CopySourceIfMatch='"0"')
    assert refused == ("PreconditionFailed", 412)
    s3.delete_object(Bucket="films", Key="copy")
    assert served.blob_count() == 0


def test_a_transfer_of_20_mb_in_both_directions(s3: Any) -> None:
    data = os.urandom(20 * 1024 * 1024)
    s3.upload_fileobj(io.BytesIO(data), "films", "big")
    back = io.BytesIO()
    s3.download_fileobj("films", "big", back)
    assert back.getvalue() == data
    head = s3.head_object(Bucket="films", Key="big")
    assert head["ETag"].endswith('-3"')
    assert s3.head_object(Bucket="films", Key="big", PartNumber=3)["ContentLength"] == len(data) - 2 * 8 * 1024 * 1024
    assert (
        s3.get_object(Bucket="films", Key="big", Range="bytes=8388600-8388620")["Body"].read() == data[8388600:8388621]
    )
    assert _refused(s3.get_object, Key="big", PartNumber=4)[1] == 416


def test_names_that_are_not_there(s3: Any) -> None:
    assert _refused(s3.get_object, Key="none") == ("NoSuchKey", 404)
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket="nowhere", Key="k", Body=b"")
    assert caught.value.response["Error"]["Code"] == "NoSuchBucket"
    assert s3.delete_object(Bucket="films", Key="none")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert _refused(s3.get_object, Key="k", VersionId="older") == ("InvalidArgument", 400)
    assert _refused(s3.get_object_acl, Key="k") == ("NotImplemented", 501)
    assert _refused(s3.put_object, Key="k", Body=b"", ACL="public-read") == ("AccessControlListNotSupported", 400)
    assert _refused(s3.put_object, Key="k", Body=b"", Metadata={"a": "x" * 2048}) == ("MetadataTooLarge", 400)
    assert _refused(s3.put_object, Key="k" * 1025, Body=b"") == ("KeyTooLongError", 400)


def test_a_body_cut_short_leaves_the_old_object(s3: Any, served: Any) -> None:
    s3.put_object(Bucket="films", Key="k", Body=b"old")
    url = urlsplit(s3.generate_presigned_url("put_object", Params={"Bucket": "films", "Key": "k"}))
    connection = http.client.HTTPConnection(url.netloc, timeout=20)
    connection.putrequest("PUT", f"{url.path}?{url.query}")
    connection.putheader("Content-Length", str(3_000_000))
    connection.endheaders(b"x" * 2_000_000)
    connection.close()
    assert s3.get_object(Bucket="films", Key="k")["Body"].read() == b"old"


def test_buckets(s3: Any) -> None:
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["films"]
    location = {"LocationConstraint": "eu-central-1"}
    s3.create_bucket(Bucket="other", CreateBucketConfiguration=location)
    with pytest.raises(ClientError) as caught:
        s3.create_bucket(Bucket="other", CreateBucketConfiguration=location)
    assert caught.value.response["Error"]["Code"] == "BucketAlreadyOwnedByYou"
    assert s3.head_bucket(Bucket="other")["BucketRegion"] == "eu-central-1"
    assert s3.get_bucket_location(Bucket="other")["LocationConstraint"] == "eu-central-1"
    assert "Status" not in s3.get_bucket_versioning(Bucket="other")
    assert s3.get_bucket_cors(Bucket="films")["CORSRules"][0]["AllowedMethods"] == ["PUT", "GET"]
    s3.put_object(Bucket="other", Key="k", Body=b"")
    with pytest.raises(ClientError) as caught:
        s3.delete_bucket(Bucket="other")
    assert caught.value.response["Error"]["Code"] == "BucketNotEmpty"
    deleted = s3.delete_objects(Bucket="other", Delete={"Objects": [{"Key": "k"}, {"Key": "none"}]})["Deleted"]
    assert [item["Key"] for item in deleted] == ["k", "none"]
    s3.delete_bucket(Bucket="other")
    with pytest.raises(ClientError):
        s3.head_bucket(Bucket="other")


def test_a_wrong_secret_is_refused(served: Any) -> None:
    client = served.client(secret="wrong")
    assert _refused(client.put_object, Key="k", Body=b"x") == ("SignatureDoesNotMatch", 403)
    client.close()
    assert served.blob_count() == 0


def test_a_client_of_another_region_is_told_ours_and_comes_again(served: Any) -> None:
    client = served.client(region="us-west-2")
    answer = client.put_object(Bucket="films", Key="k", Body=b"x")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    url = client.generate_presigned_url("get_object", Params={"Bucket": "films", "Key": "k"})
    client.close()
    stale = url.replace("eu-central-1", "us-west-2")
    assert b"AuthorizationQueryParametersError" in served.request("GET", stale).data
