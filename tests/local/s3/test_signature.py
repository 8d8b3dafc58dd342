"""Signature Version 4 against the worked examples of Amazon's reference."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import make_mocked_request

from local.s3.errors import S3Error
from local.s3.incoming import S3Request
from local.s3.signature import verify

KEYS = {"AKIAIOSFODNN7EXAMPLE": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
MOMENT = datetime(2013, 5, 24, tzinfo=UTC)
HOST = "examplebucket.s3.amazonaws.com"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
PRESIGNED = (
    "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
)


def _get_with_header(signature: str, **extra: str) -> S3Request:
    headers = {
        "Host": HOST,
        "Range": "bytes=0-9",
        "x-amz-content-sha256": EMPTY,
        "x-amz-date": "20130524T000000Z",
        "Authorization": (
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=" + signature
        ),
        **extra,
    }
    return S3Request.read(make_mocked_request("GET", "/test.txt", headers))


GOOD = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"


def _refusal(request: S3Request, now: datetime = MOMENT, region: str = "us-east-1") -> S3Error:
    with pytest.raises(S3Error) as caught:
        verify(request, KEYS, region, now)
    return caught.value


def test_the_documented_authorization_header_is_accepted() -> None:
    assert verify(_get_with_header(GOOD), KEYS, "us-east-1", MOMENT).access_key == "AKIAIOSFODNN7EXAMPLE"


def test_the_documented_list_request_with_a_query_is_accepted() -> None:
    headers = {
        "Host": HOST,
        "x-amz-content-sha256": EMPTY,
        "x-amz-date": "20130524T000000Z",
        "Authorization": (
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
            "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        ),
    }
    request = S3Request.read(make_mocked_request("GET", "/?max-keys=2&prefix=J", headers))
    assert verify(request, KEYS, "us-east-1", MOMENT).payload_hash == EMPTY


def test_the_documented_presigned_url_is_accepted_until_it_expires() -> None:
    request = S3Request.read(make_mocked_request("GET", PRESIGNED, {"Host": HOST}))
    assert verify(request, KEYS, "us-east-1", MOMENT + timedelta(hours=24)).payload_hash == "UNSIGNED-PAYLOAD"
    error = _refusal(request, MOMENT + timedelta(hours=24, seconds=1))
    assert (error.code, error.message, error.status) == ("AccessDenied", "Request has expired", 403)


def test_another_signature_another_range_and_another_host_are_refused() -> None:
    assert _refusal(_get_with_header("0" * 64)).code == "SignatureDoesNotMatch"
    assert _refusal(_get_with_header(GOOD, Range="bytes=0-8")).code == "SignatureDoesNotMatch"
    request = S3Request.read(make_mocked_request("GET", PRESIGNED, {"Host": "elsewhere"}))
    assert _refusal(request).code == "SignatureDoesNotMatch"


def test_a_clock_more_than_a_quarter_hour_off_is_refused() -> None:
    verify(_get_with_header(GOOD), KEYS, "us-east-1", MOMENT + timedelta(minutes=15))
    assert _refusal(_get_with_header(GOOD), MOMENT + timedelta(minutes=16)).code == "RequestTimeTooSkewed"
    assert _refusal(_get_with_header(GOOD), MOMENT - timedelta(minutes=16)).code == "RequestTimeTooSkewed"


def test_a_presigned_url_of_the_future_is_refused() -> None:
    request = S3Request.read(make_mocked_request("GET", PRESIGNED, {"Host": HOST}))
    error = _refusal(request, MOMENT - timedelta(minutes=16))
    assert (error.code, error.message) == ("AccessDenied", "Request is not valid yet")


def test_an_amz_header_outside_the_signature_is_refused_by_name() -> None:
    error = _refusal(_get_with_header(GOOD, **{"x-amz-acl": "public-read"}))
    assert (error.code, error.details["HeadersNotSigned"]) == ("AccessDenied", "x-amz-acl")
    request = S3Request.read(make_mocked_request("GET", PRESIGNED, {"Host": HOST, "X-Amz-Meta-Owner": "me"}))
    assert _refusal(request).details["HeadersNotSigned"] == "x-amz-meta-owner"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("us-east-1", "eu-west-1"), "AuthorizationQueryParametersError"),
        (("%2Fs3%2F", "%2Fsqs%2F"), "AuthorizationQueryParametersError"),
        (("Expires=86400", "Expires=604801"), "AuthorizationQueryParametersError"),
        (("Expires=86400", "Expires=0"), "AuthorizationQueryParametersError"),
        (("Expires=86400", "Expires=soon"), "AuthorizationQueryParametersError"),
        (("&X-Amz-Expires=86400", ""), "AuthorizationQueryParametersError"),
        (("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), "AuthorizationQueryParametersError"),
        (("20130524%2F", "20130523%2F"), "AuthorizationQueryParametersError"),
        (("Expires=86400", "Expires=86401"), "SignatureDoesNotMatch"),
        (("/test.txt", "/test2.txt"), "SignatureDoesNotMatch"),
        (("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7UNKNOWN"), "InvalidAccessKeyId"),
        (("SignedHeaders=host", "SignedHeaders=range"), "AccessDenied"),
    ],
)
def test_a_changed_presigned_url_is_refused(change: tuple[str, str], code: str) -> None:
    request = S3Request.read(make_mocked_request("GET", PRESIGNED.replace(*change), {"Host": HOST}))
    assert _refusal(request).code == code


def test_no_signature_two_signatures_and_the_old_kind_are_refused() -> None:
    anonymous = S3Request.read(make_mocked_request("GET", "/test.txt", {"Host": HOST}))
    assert _refusal(anonymous).code == "AccessDenied"
    headers = {"Host": HOST, "Authorization": "AWS4-HMAC-SHA256 x"}
    assert _refusal(S3Request.read(make_mocked_request("GET", PRESIGNED, headers))).code == "InvalidArgument"
    old = "/test.txt?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=x&Expires=1"
    assert _refusal(S3Request.read(make_mocked_request("GET", old, {"Host": HOST}))).code == "InvalidRequest"
    headers = {"Host": HOST, "Authorization": "AWS AKIA:sig"}
    assert _refusal(S3Request.read(make_mocked_request("GET", "/", headers))).code == "InvalidRequest"


def test_a_session_token_with_long_lived_keys_is_refused() -> None:
    request = S3Request.read(make_mocked_request("GET", PRESIGNED + "&X-Amz-Security-Token=x", {"Host": HOST}))
    assert _refusal(request).code == "InvalidToken"
