"""The secret that signing keys are kept in, and the only place they are."""

from __future__ import annotations

import json

from marquee.adapters.aws import JsonService
from marquee.adapters.playback_keys import public_keys, rotated
from marquee.domain.clock import Clock, utc_now


class KeySecret:
    """Makes and rotates keys (`services.make_signing_keys.KeyStore`)."""

    def __init__(self, secret_arn: str, clock: Clock = utc_now) -> None:
        self._arn = secret_arn
        self._clock = clock
        self._service = JsonService(
            "The secrets store", "secretsmanager", variable="SECRETS_MANAGER", target="secretsmanager", version="1.1"
        )

    def bring_to(self, generation: int) -> dict[str, str]:
        """Public halves in PEM, by generation."""
        before = json.loads(self._service.call("GetSecretValue", SecretId=self._arn)["SecretString"])
        keys = rotated(before, generation, int(self._clock().timestamp()))
        if keys != before:
            self._service.call("PutSecretValue", SecretId=self._arn, SecretString=json.dumps(keys))
        return public_keys(keys)
