"""AWS Signature Version 4, in headers and in addresses.

botocore does this too, and costs 0.2 s of processor at every start of a process that needs nothing else of it
(`docs/adr/0007-lean-aws-clients.md`). The tests hold every signature against botocore's own.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Credentials:
    """`session_token` comes with credentials that end by themselves, as a role's do."""

    access_key: str
    secret_key: str
    session_token: str | None = None


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Signer:
    """Signs for one service in one region. Paths in addresses are percent-encoded already, once."""

    service: str
    region: str
    credentials: Callable[[], Credentials]
    now: Callable[[], datetime] = _now

    def headers(
        self, method: str, url: str, query: Mapping[str, str], headers: Mapping[str, str], payload_sha256: str
    ) -> dict[str, str]:
        """`headers` and those that authorize the request; `url` is without its query."""
        credentials, moment = self.credentials(), self.now()
        parts = urlsplit(url)
        signed = {
            **headers,
            "Host": parts.netloc,
            "X-Amz-Date": f"{moment:%Y%m%dT%H%M%SZ}",
            "X-Amz-Content-SHA256": payload_sha256,
        }
        if credentials.session_token:
            signed["X-Amz-Security-Token"] = credentials.session_token
        request = _canonical(method, self._path(parts.path), query, signed, payload_sha256)
        signature = self._signature(request, moment, credentials)
        names = ";".join(_lowered(signed))
        signed["Authorization"] = (
            f"{ALGORITHM} Credential={credentials.access_key}/{self._scope(moment)}, "
            f"SignedHeaders={names}, Signature={signature}"
        )
        return signed

    def address(
        self,
        method: str,
        url: str,
        query: Mapping[str, str],
        *,
        expires_seconds: int,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """`url` with a query that authorizes one kind of request until it expires.

        `headers`: what the request must bring exactly so. The body is not signed.
        """
        credentials, moment = self.credentials(), self.now()
        parts = urlsplit(url)
        signed = {**(headers or {}), "Host": parts.netloc}
        whole = {
            **query,
            "X-Amz-Algorithm": ALGORITHM,
            "X-Amz-Credential": f"{credentials.access_key}/{self._scope(moment)}",
            "X-Amz-Date": f"{moment:%Y%m%dT%H%M%SZ}",
            "X-Amz-Expires": str(expires_seconds),
            "X-Amz-SignedHeaders": ";".join(_lowered(signed)),
        }
        if credentials.session_token:
            whole["X-Amz-Security-Token"] = credentials.session_token
        request = _canonical(method, self._path(parts.path), whole, signed, UNSIGNED_PAYLOAD)
        return f"{url}?{query_string(whole)}&X-Amz-Signature={self._signature(request, moment, credentials)}"

    def _path(self, encoded: str) -> str:
        """All services but S3 sign a path that is encoded once more than it is sent."""
        return encoded if self.service == "s3" else quote(encoded, safe="/-_.~")

    def _scope(self, moment: datetime) -> str:
        return f"{moment:%Y%m%d}/{self.region}/{self.service}/aws4_request"

    def _signature(self, canonical: str, moment: datetime, credentials: Credentials) -> str:
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = f"{ALGORITHM}\n{moment:%Y%m%dT%H%M%SZ}\n{self._scope(moment)}\n{digest}"
        key = f"AWS4{credentials.secret_key}".encode()
        for part in (f"{moment:%Y%m%d}", self.region, self.service, "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex()


def query_string(query: Mapping[str, str]) -> str:
    """As the signature wants it: sorted, and everything encoded that may be."""
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted((name.lower(), " ".join(value.split())) for name, value in headers.items()))


def _canonical(
    method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], payload_sha256: str
) -> str:
    lowered = _lowered(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in lowered.items())
    return "\n".join((method, path or "/", query_string(query), lines, ";".join(lowered), payload_sha256))
