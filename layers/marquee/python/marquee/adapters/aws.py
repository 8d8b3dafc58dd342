"""Requests to AWS' services with our timeouts and retries, and the translation of their errors into ours."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

from marquee.adapters.credentials import ProcessCredentials
from marquee.adapters.sigv4 import EMPTY_SHA256, Signer, query_string
from marquee.domain.errors import TransientError

CONNECT_TIMEOUT_SECONDS = 3
READ_TIMEOUT_SECONDS = 20
# The first try and three more.
MAX_ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 20
CONNECTIONS = 10

_RETRIED_STATUS = frozenset({429, 500, 502, 503, 504})
_TRANSIENT_CODES = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServiceError",
        "OperationAborted",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        # A state machine or a secret that is being put up right now, as at the start of the local cloud.
        "StateMachineDoesNotExist",
        "ResourceNotFoundException",
    }
)


class ServiceError(Exception):
    """A service refused a request. Callers know some codes; the rest are bugs."""

    def __init__(self, service: str, status: int, code: str, message: str) -> None:
        super().__init__(f"{service}: {status} {code}: {message}")
        self.code = code


@dataclass(frozen=True)
class Endpoint:
    """Where a service is. `written`: its address comes from the environment, not from the region."""

    url: str
    region: str
    written: bool

    @classmethod
    def of(cls, service: str, host_prefix: str) -> Endpoint:
        """By `AWS_ENDPOINT_URL_{SERVICE}`, `AWS_ENDPOINT_URL` or the region's own name."""
        region = os.environ["AWS_REGION"]
        written = os.environ.get(f"AWS_ENDPOINT_URL_{service}") or os.environ.get("AWS_ENDPOINT_URL")
        if written:
            return cls(written.rstrip("/"), region, written=True)
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        return cls(f"https://{host_prefix}.{region}.{suffix}", region, written=False)


class Requests:
    """Signed requests to one service. Safe to use from several threads.

    `name` is what people call the service. Raises `TransientError` when it is away, throttled or slow.
    """

    def __init__(
        self,
        name: str,
        service: str,
        endpoint: Endpoint,
        *,
        attempts: int = MAX_ATTEMPTS,
        read_timeout_seconds: float = READ_TIMEOUT_SECONDS,
    ) -> None:
        self._name = name
        self.signer = Signer(service, endpoint.region, ProcessCredentials())
        self._pool = urllib3.PoolManager(
            maxsize=CONNECTIONS,
            timeout=urllib3.Timeout(
                connect=min(CONNECT_TIMEOUT_SECONDS, read_timeout_seconds), read=read_timeout_seconds
            ),
            retries=urllib3.Retry(
                attempts - 1,
                redirect=0,
                status_forcelist=_RETRIED_STATUS,
                allowed_methods=None,
                backoff_factor=FIRST_PAUSE_SECONDS,
                backoff_jitter=FIRST_PAUSE_SECONDS,
                backoff_max=LONGEST_PAUSE_SECONDS,
                raise_on_status=False,
            ),
        )

    def send(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        stream: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        """The service's answer, whatever its status. `stream`: the caller reads the body, and lets it go."""
        query = query or {}
        digest = hashlib.sha256(body).hexdigest() if body else EMPTY_SHA256
        signed = {**self.signer.headers(method, url, query, headers or {}, digest), **_trace_header()}
        whole = f"{url}?{query_string(query)}" if query else url
        try:
            return self._pool.request(
                method, whole, headers=signed, body=body or None, preload_content=not stream, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise TransientError(f"{self._name} cannot be reached.") from error

    def refusal(self, answer: urllib3.BaseHTTPResponse, code: str, message: str) -> Exception:
        """The error that stands for an answer that is none."""
        if answer.status >= 500 or answer.status == 429 or code in _TRANSIENT_CODES:
            return TransientError(f"{self._name} is busy: {code or answer.status}.")
        return ServiceError(self._name, answer.status, code, message)


class JsonService:
    """A service of AWS' JSON protocol: one address, the operation in a header."""

    def __init__(
        self,
        name: str,
        service: str,
        *,
        variable: str,
        target: str,
        version: str,
        attempts: int = MAX_ATTEMPTS,
        read_timeout_seconds: float = READ_TIMEOUT_SECONDS,
    ) -> None:
        """`variable` ends the name of its endpoint's variable; `target` begins its operations' names."""
        self._endpoint = Endpoint.of(variable, service)
        self._requests = Requests(
            name, service, self._endpoint, attempts=attempts, read_timeout_seconds=read_timeout_seconds
        )
        self._target = target
        self._type = f"application/x-amz-json-{version}"

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Raises `ServiceError` for what the service refuses."""
        answer = self._requests.send(
            "POST",
            f"{self._endpoint.url}/",
            headers={"Content-Type": self._type, "X-Amz-Target": f"{self._target}.{operation}"},
            body=json.dumps(parameters).encode(),
        )
        if answer.status == 200:
            found: dict[str, Any] = json.loads(answer.data or b"{}")
            return found
        raise self._requests.refusal(answer, *_error_in(answer.data))


def _trace_header() -> dict[str, str]:
    """Whoever is called continues this invocation's trace: SQS hands it to who takes the message, Lambda and Step
    Functions to what they run."""
    trace = os.environ.get("_X_AMZN_TRACE_ID")
    return {"X-Amzn-Trace-Id": trace} if trace else {}


def _error_in(body: bytes) -> tuple[str, str]:
    """Code and message; a code may come with its namespace before a `#`."""
    try:
        error = json.loads(body)
    except ValueError:
        return "", body[:200].decode(errors="replace")
    if not isinstance(error, dict):
        return "", ""
    return str(error.get("__type", "")).rpartition("#")[2], str(error.get("message", error.get("Message", "")))
