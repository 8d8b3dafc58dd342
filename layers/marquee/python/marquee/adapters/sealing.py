"""Signing secrets encrypted for the database (`domain.webhook_stores.Sealer`): AES-256-GCM.

The key is derived from a password in Secrets Manager. Sealed text names its key, so that after the password is
changed what was sealed before still opens with the previous one, until it is sealed anew.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from marquee.domain.errors import PermanentError

VERSION = "v1"
NONCE_BYTES = 12
CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"

# The password at a stage.
ReadPassword = Callable[[str], str]


class AesSealer:
    """Sealed text: `v1.<key>.<base64 of nonce and ciphertext>`, bound to its owner."""

    def __init__(self, read_password: ReadPassword) -> None:
        self._read_password = read_password
        self._known: dict[str, bytes] = {}
        self._current: str | None = None

    def seal(self, secret: str, *, owner: str) -> str:
        name = self._current = self._current or self._read(CURRENT)
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + AESGCM(self._known[name]).encrypt(nonce, secret.encode(), owner.encode())
        return f"{VERSION}.{name}.{base64.b64encode(sealed).decode()}"

    def open(self, sealed: str, *, owner: str) -> str:
        version, name, text = sealed.split(".", 2)
        body = base64.b64decode(text)
        try:
            if version != VERSION:
                raise PermanentError(f"A secret is sealed as {version}.", code="secret_unreadable")
            opened = AESGCM(self._named(name)).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], owner.encode())
        except InvalidTag as error:
            raise PermanentError("A secret does not open.", code="secret_unreadable") from error
        return opened.decode()

    def _named(self, name: str) -> bytes:
        for stage in (CURRENT, PREVIOUS):
            if name not in self._known:
                self._read(stage)
        if name not in self._known:
            raise PermanentError("A secret was sealed with a key that is gone.", code="secret_unreadable")
        return self._known[name]

    def _read(self, stage: str) -> str:
        """Adds the key of a stage to those known; gives its name."""
        key = hashlib.sha256(f"marquee webhooks {self._read_password(stage)}".encode()).digest()
        name = hashlib.sha256(key).hexdigest()[:8]
        self._known[name] = key
        return name


def secret_password(secret_arn: str, stage: str) -> str:
    """The password in Secrets Manager at a stage; raises `TransientError` when there is none."""
    from marquee.adapters.aws import JsonService

    service = JsonService(
        "The secrets store", "secretsmanager", variable="SECRETS_MANAGER", target="secretsmanager", version="1.1"
    )
    return str(service.call("GetSecretValue", SecretId=secret_arn, VersionStage=stage)["SecretString"])
