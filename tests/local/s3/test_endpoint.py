"""Requests no SDK sends: each gets S3's refusal, none a stack trace or a changed bucket."""

import base64
import hashlib
from typing import Any

import pytest

BILLION_LAUGHS = b'<!DOCTYPE d [<!ENTITY a "ha">]><CompleteMultipartUpload>&a;</CompleteMultipartUpload>'


@pytest.mark.parametrize(
    ("method", "target", "status", "code"),
    [
        ("POST", "/", 405, "MethodNotAllowed"),
        ("PATCH", "/films/k", 405, "MethodNotAllowed"),
        ("POST", "/films/k", 405, "MethodNotAllowed"),
        ("GET", "/films?acl=", 501, "NotImplemented"),
        ("PUT", "/films?policy=", 501, "NotImplemented"),
        ("GET", "/films?max-keys=many", 400, "InvalidArgument"),
        ("GET", "/films?max-keys=-1", 400, "InvalidArgument"),
        ("GET", "/films?list-type=2&encoding-type=base64", 400, "InvalidArgument"),
        ("GET", "/films?list-type=2&continuation-token=%C3%BC", 400, "InvalidArgument"),
        ("GET", "/films?list-type=2&continuation-token=_w%3D%3D", 400, "InvalidArgument"),
        ("GET", "/films/%FF", 400, "InvalidURI"),
        ("GET", "/nowhere?list-type=2", 404, "NoSuchBucket"),
        ("GET", "/nowhere/k", 404, "NoSuchBucket"),
        ("PUT", "/UPPER", 400, "InvalidBucketName"),
        ("PUT", "/films", 409, "BucketAlreadyOwnedByYou"),
        ("GET", "/films/k?partNumber=0", 400, "InvalidArgument"),
        ("GET", "/films/k?response-content-type=a%0D%0Ab", 400, "InvalidArgument"),
        ("DELETE", "/films/k?uploadId=unknown", 404, "NoSuchUpload"),
        ("GET", "/films/k?uploadId=unknown", 404, "NoSuchUpload"),
        ("OPTIONS", "/films/k", 400, "InvalidRequest"),
    ],
)
def test_an_odd_request_is_refused_by_name(
    served: Any, s3: Any, method: str, target: str, status: int, code: str
) -> None:
    s3.put_object(Bucket="films", Key="k", Body=b"kept")
    answer = served.signed(method, target)
    assert (answer.status, f"<Code>{code}</Code>" in answer.data.decode()) == (status, True), answer.data
    assert answer.headers["x-amz-request-id"]
    assert s3.get_object(Bucket="films", Key="k")["Body"].read() == b"kept"


@pytest.mark.parametrize(
    "body", [b"", b"<", b"<Other/>", BILLION_LAUGHS, b"<CompleteMultipartUpload><Part/></CompleteMultipartUpload>"]
)
def test_xml_that_is_none_or_declares_entities_is_refused(served: Any, body: bytes) -> None:
    answer = served.signed("POST", "/films/k?uploadId=unknown", body)
    assert (answer.status, b"MalformedXML" in answer.data) == (400, True)


def test_a_list_of_deletions_needs_a_digest_and_keys(served: Any) -> None:
    body = b"<Delete><Object><Key>k</Key></Object></Delete>"
    assert b"InvalidRequest" in served.signed("POST", "/films?delete=", body).data
    md5 = base64.b64encode(hashlib.md5(b"<Delete/>").digest()).decode()  # noqa: S324
    assert b"BadDigest" in served.signed("POST", "/films?delete=", body, content_md5=md5).data
    assert b"MalformedXML" in served.signed("POST", "/films?delete=", b"<Delete/>", content_md5=md5).data


def test_a_file_lost_under_an_object_cuts_the_connection_and_the_server_goes_on(served: Any, s3: Any) -> None:
    """An answer that has begun cannot become an error: it must not look whole."""
    s3.put_object(Bucket="films", Key="k", Body=b"x" * 1000)
    with served.store.open("films", "k") as opened:
        opened.pieces[0][0].write_bytes(b"x" * 10)
    with pytest.raises(Exception, match=r"(?i)broken|aborted|reset|incomplete"):
        served.signed("GET", "/films/k")
    assert served.signed("GET", "/films?list-type=2").status == 200
