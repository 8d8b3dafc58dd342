"""Secrets, from Secrets Manager."""

from __future__ import annotations

from marquee.adapters.aws import MAX_ATTEMPTS, READ_TIMEOUT_SECONDS, JsonService


def read_secret(
    secret_arn: str, *, attempts: int = MAX_ATTEMPTS, read_timeout_seconds: float = READ_TIMEOUT_SECONDS
) -> str:
    """The current text of a secret. Raises `TransientError` when Secrets Manager is away."""
    service = JsonService(
        "The secrets store",
        "secretsmanager",
        variable="SECRETS_MANAGER",
        target="secretsmanager",
        version="1.1",
        attempts=attempts,
        read_timeout_seconds=read_timeout_seconds,
    )
    return str(service.call("GetSecretValue", SecretId=secret_arn)["SecretString"])
