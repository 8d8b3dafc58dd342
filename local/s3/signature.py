"""Signature Version 4, verified: the Authorization header and presigned queries.

Source: Amazon S3 API reference, "Authenticating requests (AWS Signature Version 4)".
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from multidict import CIMultiDictProxy

from local.s3.errors import S3Error
from local.s3.incoming import S3Request

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_MAX_SKEW = timedelta(minutes=15)
_MAX_EXPIRES_SECONDS = 7 * 24 * 3600
_WHITESPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Claim:
    """What a request says about its own signature, before anything is verified."""

    access_key: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str
    payload_hash: str
    token: str | None
    presigned: bool

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/{self.terminator}"


@dataclass(frozen=True)
class Identity:
    """A verified signature. The key and the signature seed those of an aws-chunked body's chunks."""

    access_key: str
    payload_hash: str
    signing_key: bytes
    scope: str
    timestamp: str
    signature: str


def parse_timestamp(value: str) -> datetime:
    """Raises ValueError."""
    return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode("utf-8"), "sha256")


def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    return _hmac(_hmac(_hmac(_hmac(f"AWS4{secret}".encode(), date), region), service), "aws4_request")


def _canonical_header(headers: CIMultiDictProxy[str], name: str) -> str:
    values = [_WHITESPACE.sub(" ", value.strip()) for value in headers.getall(name, [])]
    return f"{name}:{','.join(values)}\n"


def canonical_request(request: S3Request, claim: Claim) -> str:
    pairs = [(quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in request.query if k != "X-Amz-Signature"]
    return "\n".join(
        (
            request.method,
            quote(request.path, safe="/-_.~"),
            "&".join(f"{name}={value}" for name, value in sorted(pairs)),
            "".join(_canonical_header(request.http.headers, name) for name in claim.signed_headers),
            ";".join(claim.signed_headers),
            claim.payload_hash,
        )
    )


def string_to_sign(claim: Claim, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{ALGORITHM}\n{claim.timestamp}\n{claim.scope}\n{digest}"


def _scope_parts(credential: str, code: str) -> tuple[str, str, str, str, str]:
    parts = credential.rsplit("/", 4)
    if len(parts) != 5:
        raise S3Error(code, "The Credential is malformed; expecting <key>/YYYYMMDD/REGION/SERVICE/aws4_request.")
    return parts[0], parts[1], parts[2], parts[3], parts[4]


def _header_claim(request: S3Request) -> Claim:
    scheme, _, rest = request.http.headers["Authorization"].partition(" ")
    if scheme != ALGORITHM:
        raise S3Error("InvalidRequest", f"The authorization mechanism is not supported. Please use {ALGORITHM}.")
    fields = dict(item.strip().partition("=")[::2] for item in rest.split(","))
    if not {"Credential", "SignedHeaders", "Signature"} <= fields.keys():
        raise S3Error("AuthorizationHeaderMalformed")
    payload_hash = request.http.headers.get("x-amz-content-sha256")
    if payload_hash is None:
        raise S3Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    return Claim(
        *_scope_parts(fields["Credential"], "AuthorizationHeaderMalformed"),
        signed_headers=tuple(fields["SignedHeaders"].split(";")),
        signature=fields["Signature"],
        timestamp=request.http.headers.get("x-amz-date", ""),
        payload_hash=payload_hash,
        token=request.http.headers.get("x-amz-security-token"),
        presigned=False,
    )


def _query_claim(request: S3Request) -> Claim:
    names = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders")
    if not all(request.has(name) for name in (*names, "X-Amz-Signature")):
        raise S3Error(
            "AuthorizationQueryParametersError",
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
            "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
        )
    algorithm, credential, timestamp, _, signed_headers = (request.param(name) or "" for name in names)
    if algorithm != ALGORITHM:
        raise S3Error("AuthorizationQueryParametersError", f'X-Amz-Algorithm only supports "{ALGORITHM}"')
    payload_hash = request.http.headers.get("x-amz-content-sha256") or request.param("X-Amz-Content-Sha256")
    return Claim(
        *_scope_parts(credential, "AuthorizationQueryParametersError"),
        signed_headers=tuple(signed_headers.split(";")),
        signature=request.param("X-Amz-Signature") or "",
        timestamp=timestamp,
        payload_hash=payload_hash or UNSIGNED_PAYLOAD,
        token=request.param("X-Amz-Security-Token"),
        presigned=True,
    )


def read_claim(request: S3Request) -> Claim:
    """How this request is signed; an anonymous one, or one signed twice, is refused here."""
    presigned = any(name in ("X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential") for name, _ in request.query)
    if "Authorization" in request.http.headers:
        if presigned or request.has("Signature"):
            raise S3Error("InvalidArgument", "Only one auth mechanism allowed")
        return _header_claim(request)
    if presigned:
        return _query_claim(request)
    if request.has("Signature") and request.has("AWSAccessKeyId"):
        raise S3Error("InvalidRequest", f"The authorization mechanism is not supported. Please use {ALGORITHM}.")
    raise S3Error("AccessDenied")


def _check_scope(claim: Claim, region: str) -> None:
    code = "AuthorizationQueryParametersError" if claim.presigned else "AuthorizationHeaderMalformed"
    if claim.region != region:
        message = f"The authorization is malformed; the region '{claim.region}' is wrong; expecting '{region}'"
        raise S3Error(code, message, Region=region)
    if claim.service != "s3" or claim.terminator != "aws4_request":
        raise S3Error(code, "The Credential's scope must end with s3/aws4_request.")
    if not claim.timestamp.startswith(claim.date):
        raise S3Error(code, f"Invalid credential date {claim.date}; it is not the date of {claim.timestamp}.")


def _check_time(request: S3Request, claim: Claim, now: datetime) -> None:
    try:
        signed_at = parse_timestamp(claim.timestamp)
    except ValueError as error:
        raise S3Error("AccessDenied", "The request needs a valid x-amz-date (ISO 8601 basic)") from error
    if claim.presigned:
        _check_expiry(request, signed_at, now)
    elif abs(now - signed_at) > _MAX_SKEW:
        details = {
            "RequestTime": claim.timestamp,
            "ServerTime": now.isoformat(),
            "MaxAllowedSkewMilliseconds": "900000",
        }
        raise S3Error("RequestTimeTooSkewed", **details)


def _check_expiry(request: S3Request, signed_at: datetime, now: datetime) -> None:
    text = request.param("X-Amz-Expires") or ""
    if not (text.isascii() and text.isdigit()):
        raise S3Error("AuthorizationQueryParametersError", "X-Amz-Expires should be a number")
    if not 1 <= int(text) <= _MAX_EXPIRES_SECONDS:
        message = "X-Amz-Expires must be at least 1 and less than a week (in seconds); the given is not"
        raise S3Error("AuthorizationQueryParametersError", message)
    expires_at = signed_at + timedelta(seconds=int(text))
    if now > expires_at:
        raise S3Error("AccessDenied", "Request has expired", Expires=expires_at.isoformat(), ServerTime=now.isoformat())
    if signed_at - now > _MAX_SKEW:
        raise S3Error("AccessDenied", "Request is not valid yet", ServerTime=now.isoformat())


def _check_signed_headers(request: S3Request, claim: Claim) -> None:
    required = {name.lower() for name in request.http.headers if name.lower().startswith("x-amz-")} | {"host"}
    unsigned = sorted(required - set(claim.signed_headers))
    if unsigned:
        message = "There were headers present in the request which were not signed"
        raise S3Error("AccessDenied", message, HeadersNotSigned=", ".join(unsigned))


def verify(request: S3Request, credentials: Mapping[str, str], region: str, now: datetime) -> Identity:
    """The request's verified signer; raises the S3Error that S3 would answer with."""
    claim = read_claim(request)
    _check_scope(claim, region)
    _check_time(request, claim, now)
    secret = credentials.get(claim.access_key)
    if secret is None:
        raise S3Error("InvalidAccessKeyId", AWSAccessKeyId=claim.access_key)
    if claim.token is not None:
        # long-lived keys have no session; a token beside them was issued by someone else
        raise S3Error("InvalidToken")
    _check_signed_headers(request, claim)
    key = signing_key(secret, claim.date, claim.region, claim.service)
    canonical = canonical_request(request, claim)
    to_sign = string_to_sign(claim, canonical)
    expected = _hmac(key, to_sign).hex()
    if not hmac.compare_digest(expected.encode(), claim.signature.encode("utf-8", "surrogateescape")):
        raise S3Error(
            "SignatureDoesNotMatch",
            AWSAccessKeyId=claim.access_key,
            StringToSign=to_sign,
            SignatureProvided=claim.signature,
            CanonicalRequest=canonical,
        )
    return Identity(claim.access_key, claim.payload_hash, key, claim.scope, claim.timestamp, claim.signature)
