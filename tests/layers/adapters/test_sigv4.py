"""Our signatures are those that botocore makes of the same request."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as TheirCredentials
from botocore.session import get_session
from hypothesis import given, settings
from hypothesis import strategies as st
from marquee.adapters.sigv4 import Credentials, Signer, query_string

REGION = "eu-central-1"
texts = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), min_size=1, max_size=12)


def moment_of(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@pytest.mark.parametrize("token", [None, "session/token=="])
@given(query=st.dictionaries(texts, texts, max_size=3), value=texts.map(str.strip).filter(bool))
@settings(max_examples=30, deadline=None)
def test_headers_are_signed_as_botocore_signs_them(token: str | None, query: dict[str, str], value: str) -> None:
    body, url = b"film", "https://films.s3.eu-central-1.amazonaws.com/a%20b/c"
    headers = {"Content-Type": "text/plain", "X-Amz-Meta-Name": value.encode("ascii", "ignore").decode() or "x"}
    theirs = AWSRequest("PUT", f"{url}?{query_string(query)}" if query else url, dict(headers), body)
    S3SigV4Auth(TheirCredentials("AK", "secret", token), "s3", REGION).add_auth(theirs)

    moment = moment_of(theirs.headers["X-Amz-Date"])
    signer = Signer("s3", REGION, lambda: Credentials("AK", "secret", token), lambda: moment)
    ours = signer.headers("PUT", url, query, headers, hashlib.sha256(body).hexdigest())

    assert signature(ours["Authorization"]) == signature(theirs.headers["Authorization"])


def test_calls_of_json_services_are_signed_as_botocore_signs_them() -> None:
    url, headers = "https://states.eu-central-1.amazonaws.com/", {"X-Amz-Target": "AWSStepFunctions.StartExecution"}
    digest = hashlib.sha256(b"{}").hexdigest()
    theirs = AWSRequest("POST", url, {**headers, "X-Amz-Content-SHA256": digest}, b"{}")
    SigV4Auth(TheirCredentials("AK", "secret"), "states", REGION).add_auth(theirs)

    moment = moment_of(theirs.headers["X-Amz-Date"])
    signer = Signer("states", REGION, lambda: Credentials("AK", "secret"), lambda: moment)

    assert signature(signer.headers("POST", url, {}, headers, digest)["Authorization"]) == signature(
        theirs.headers["Authorization"]
    )


def test_a_path_with_a_model_in_it_is_signed_as_botocore_signs_it() -> None:
    url = "https://bedrock-runtime.eu-central-1.amazonaws.com/model/eu.amazon.nova-lite-v1%3A0/converse"
    digest = hashlib.sha256(b"{}").hexdigest()
    theirs = AWSRequest("POST", url, {"X-Amz-Content-SHA256": digest}, b"{}")
    SigV4Auth(TheirCredentials("AK", "secret"), "bedrock", REGION).add_auth(theirs)

    moment = moment_of(theirs.headers["X-Amz-Date"])
    signer = Signer("bedrock", REGION, lambda: Credentials("AK", "secret"), lambda: moment)

    assert signature(signer.headers("POST", url, {}, {}, digest)["Authorization"]) == signature(
        theirs.headers["Authorization"]
    )


def signature(authorization: str) -> dict[str, str]:
    """The parts of the header; signed names in any order are the same request only if the signature says so."""
    parts = authorization.removeprefix("AWS4-HMAC-SHA256 ").split(", ")
    return dict(part.split("=", 1) for part in parts)


@pytest.mark.parametrize("token", [None, "session/token=="])
def test_an_address_for_a_part_is_the_one_that_botocore_gives(token: str | None) -> None:
    session = get_session()
    s3 = session.create_client(
        "s3", REGION, aws_access_key_id="AK", aws_secret_access_key="secret", aws_session_token=token
    )
    wanted = {"Bucket": "films", "Key": "uploads/ü 1/source", "PartNumber": 7, "UploadId": "u+/=", "ContentLength": 5}
    theirs = urlsplit(s3.generate_presigned_url("upload_part", Params=wanted, ExpiresIn=60))
    s3.close()
    query = dict(parse_qsl(theirs.query))
    ours = query.pop("X-Amz-Signature")

    signer = Signer("s3", REGION, lambda: Credentials("AK", "secret", token), lambda: moment_of(query["X-Amz-Date"]))
    own = {name: value for name, value in query.items() if not name.startswith("X-Amz-")}
    address = signer.address(
        "PUT",
        f"{theirs.scheme}://{theirs.netloc}{theirs.path}",
        own,
        expires_seconds=60,
        headers={"Content-Length": "5"},
    )

    assert dict(parse_qsl(urlsplit(address).query)) == {**query, "X-Amz-Signature": ours}
