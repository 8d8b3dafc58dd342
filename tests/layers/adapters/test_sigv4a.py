"""Signature Version 4A as AWS' own library makes it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from awscrt.auth import (
    AwsCredentialsProvider,
    AwsSignatureType,
    AwsSignedBodyHeaderType,
    AwsSigningAlgorithm,
    AwsSigningConfig,
    aws_sign_request,
)
from awscrt.http import HttpHeaders, HttpRequest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from marquee.adapters.sigv4 import Credentials
from marquee.adapters.sigv4a import ALGORITHM, canonical_request, signed_headers, signing_key

SERVICE = "cloudfront-keyvaluestore"
PATH = "/key-value-stores/arn%3Aaws%3Acloudfront%3A%3A123456789012%3Akey-value-store%2Fx/keys/viewer%3A7"
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("number", range(4))
def test_a_signature_of_aws_library_holds_by_our_key_and_our_reading(number: int) -> None:
    credentials = Credentials(f"AKIAEXAMPLE{number}", f"not/a+secret{number}" * 3, "token" if number % 2 else None)
    request = HttpRequest("GET", f"{PATH}?MaxResults=5&NextToken=a%2Fb", HttpHeaders([("Host", "kvs.example")]))
    provider = AwsCredentialsProvider.new_static(
        credentials.access_key, credentials.secret_key, credentials.session_token
    )
    config = AwsSigningConfig(
        algorithm=AwsSigningAlgorithm.V4_ASYMMETRIC,
        signature_type=AwsSignatureType.HTTP_REQUEST_HEADERS,
        credentials_provider=provider,
        region="*",
        service=SERVICE,
        date=WHEN,
        signed_body_header_type=AwsSignedBodyHeaderType.X_AMZ_CONTENT_SHA_256,
    )
    theirs = dict(aws_sign_request(request, config).result(10).headers)
    ours = signed_headers(
        SERVICE,
        "GET",
        f"https://kvs.example{PATH}",
        {"MaxResults": "5", "NextToken": "a/b"},
        {},
        b"",
        credentials,
        lambda: WHEN,
    )

    authorization = theirs.pop("Authorization").rpartition("Signature=")
    assert authorization[0] == ours.pop("Authorization").rpartition("Signature=")[0]
    assert {n.lower(): v for n, v in theirs.items()} == {n.lower(): v for n, v in ours.items()}
    canonical = canonical_request("GET", PATH, {"MaxResults": "5", "NextToken": "a/b"}, ours)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"{ALGORITHM}\n20260102T030405Z\n20260102/{SERVICE}/aws4_request\n{digest}"
    signature = bytes.fromhex(authorization[2])
    signing_key(credentials).public_key().verify(signature, text.encode(), ec.ECDSA(hashes.SHA256()))
