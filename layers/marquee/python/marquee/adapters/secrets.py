"""Secrets, from Secrets Manager."""

from __future__ import annotations

from marquee.adapters.aws import JsonService


def read_secret(secret_arn: str) -> str:
    """The current text of a secret. Raises `TransientError` when Secrets Manager is away."""
    service = JsonService(
        "The secrets store", "secretsmanager", variable="SECRETS_MANAGER", target="secretsmanager", version="1.1"
    )
    return str(service.call("GetSecretValue", SecretId=secret_arn)["SecretString"])
