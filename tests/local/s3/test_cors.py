"""Browsers from other origins: asked first, answered by the bucket's rules."""

from typing import Any

ALLOWED, STRANGE = "https://www.example.org", "https://example.com"


def _ask(served: Any, origin: str, method: str = "PUT", headers: str = "content-md5") -> Any:
    asked = {"origin": origin, "access_control_request_method": method, "access_control_request_headers": headers}
    return served.request("OPTIONS", "/films/uploads/1/source?partNumber=1", **asked)


def test_a_preflight_the_rules_allow_is_answered_without_a_signature(served: Any) -> None:
    answer = _ask(served, ALLOWED)
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert answer.headers["Access-Control-Allow-Methods"] == "PUT, GET"
    assert answer.headers["Access-Control-Allow-Headers"] == "content-md5"
    assert answer.headers["Access-Control-Expose-Headers"] == "ETag"
    assert answer.headers["Access-Control-Max-Age"] == "600"


def test_a_preflight_the_rules_do_not_allow_is_refused(served: Any) -> None:
    for answer in (
        _ask(served, STRANGE),
        _ask(served, ALLOWED, method="DELETE"),
        _ask(served, ALLOWED, headers="x-amz-meta-a"),
        served.request("OPTIONS", "/nowhere/k", origin=ALLOWED, access_control_request_method="PUT"),
    ):
        assert answer.status == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_answers_and_refusals_can_be_read_by_the_allowed_origin(served: Any, s3: Any) -> None:
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "films", "Key": "k"})
    assert served.request("PUT", url, b"x", origin=ALLOWED).headers["Access-Control-Allow-Origin"] == ALLOWED
    refused = served.request("PUT", url + "0", b"x", origin=ALLOWED)
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (403, ALLOWED)
    assert "Access-Control-Allow-Origin" not in served.request("PUT", url, b"x", origin=STRANGE).headers
    read = s3.generate_presigned_url("get_object", Params={"Bucket": "films", "Key": "k"})
    assert served.request("GET", read, origin=ALLOWED).headers["Access-Control-Allow-Origin"] == ALLOWED
