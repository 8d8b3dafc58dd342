"""Clients of AWS with our timeouts and retries, and the translation of their errors into ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionError,
    HTTPClientError,
)

from marquee.domain.errors import TransientError

CONNECT_TIMEOUT_SECONDS = 3
READ_TIMEOUT_SECONDS = 20
# The first try and three more, with full jitter and a cap of 20 s: botocore's standard mode.
MAX_ATTEMPTS = 4

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


def configuration(**more: Any) -> Config:
    return Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
        **more,
    )


def new_session() -> boto3.session.Session:
    """A session of its own: boto3's default session is shared, and not safe between threads."""
    return boto3.session.Session()


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def is_transient(error: ClientError) -> bool:
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return status >= 500 or status == 429 or code_of(error) in _TRANSIENT_CODES


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Turn what says that `service` is away, throttled or slow into `TransientError`.

    Other errors of the client pass: whoever calls knows some of them, and the rest are bugs.
    """
    try:
        yield
    except ClientError as error:
        if is_transient(error):
            raise TransientError(f"{service} is busy: {code_of(error)}.") from error
        raise
    except (ConnectionError, HTTPClientError) as error:
        raise TransientError(f"{service} cannot be reached.") from error
