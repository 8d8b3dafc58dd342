"""AWS Signature Version 4A: the asymmetric kind, which the key-value stores of CloudFront ask for.

The signing key is an elliptic curve's, derived from the secret key; a signature holds in every region. The tests
hold it against AWS' own library.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from marquee.adapters.sigv4 import Credentials, query_string

ALGORITHM = "AWS4-ECDSA-P256-SHA256"
# n - 2 of the curve P-256: a candidate above it is no private key
_LARGEST = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC63254F


def _now() -> datetime:
    return datetime.now(UTC)


def signed_headers(
    service: str,
    method: str,
    url: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    credentials: Credentials,
    now: Callable[[], datetime] = _now,
) -> dict[str, str]:
    """`headers` and those that authorize the request in all regions; `url` is encoded once, without its query."""
    moment, parts = now(), urlsplit(url)
    signed = {
        **headers,
        "Host": parts.netloc,
        "X-Amz-Date": f"{moment:%Y%m%dT%H%M%SZ}",
        "X-Amz-Region-Set": "*",
        "X-Amz-Content-SHA256": hashlib.sha256(body).hexdigest(),
    }
    if credentials.session_token:
        signed["X-Amz-Security-Token"] = credentials.session_token
    scope = f"{moment:%Y%m%d}/{service}/aws4_request"
    digest = hashlib.sha256(canonical_request(method, parts.path, query, signed).encode()).hexdigest()
    text = f"{ALGORITHM}\n{signed['X-Amz-Date']}\n{scope}\n{digest}"
    signature = signing_key(credentials).sign(text.encode(), ec.ECDSA(hashes.SHA256())).hex()
    signed["Authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={';'.join(sorted(name.lower() for name in signed))}, Signature={signature}"
    )
    return signed


def canonical_request(method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """The path is encoded a second time: only S3 takes it as it is sent."""
    lowered = dict(sorted((name.lower(), " ".join(value.split())) for name, value in headers.items()))
    lines = "".join(f"{name}:{value}\n" for name, value in lowered.items())
    encoded = quote(path or "/", safe="/-_.~")
    payload = lowered["x-amz-content-sha256"]
    return "\n".join((method, encoded, query_string(query), lines, ";".join(lowered), payload))


def signing_key(credentials: Credentials) -> ec.EllipticCurvePrivateKey:
    """The key that belongs to these credentials: NIST SP 800-108 in counter mode, until a candidate fits."""
    secret = f"AWS4A{credentials.secret_key}".encode()
    for counter in range(1, 255):
        context = credentials.access_key.encode() + bytes([counter])
        message = b"\x00\x00\x00\x01" + ALGORITHM.encode() + b"\x00" + context + b"\x00\x00\x01\x00"
        candidate = int.from_bytes(hmac.digest(secret, message, "sha256"))
        if candidate <= _LARGEST:
            return ec.derive_private_key(candidate + 1, ec.SECP256R1())
    raise ValueError("no signing key can be derived from these credentials")
