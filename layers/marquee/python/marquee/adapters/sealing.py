"""Signing secrets encrypted for the database (`domain.webhook_stores.Sealer`): AES-256-GCM.

The key is derived from a password in Secrets Manager. Sealed text names its key, so that after the password is
changed what was sealed before still opens with the previous one, until it is sealed anew.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from marquee.domain.errors import PermanentError, TransientError

VERSION = "v1"
NONCE_BYTES = 12
CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"

# The password at a stage; None where there is none (it was never changed).
ReadPassword = Callable[[str], str | None]


class AesSealer:
    """Sealed text: `v1.<key>.<base64 of nonce and ciphertext>`, bound to its owner."""

    def __init__(self, read_password: ReadPassword) -> None:
        self._read_password = read_password
        self._known: Mapping[str, bytes] = {}

    def seal(self, secret: str, *, owner: str) -> str:
        name, key = self._current()
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, secret.encode(), owner.encode())
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

    def _current(self) -> tuple[str, bytes]:
        if not self._known:
            self._read()
        return next(iter(self._known.items()))

    def _named(self, name: str) -> bytes:
        if name not in self._known:
            self._read()
        if name not in self._known:
            raise PermanentError("A secret was sealed with a key that is gone.", code="secret_unreadable")
        return self._known[name]

    def _read(self) -> None:
        """Both keys, the current one first."""
        passwords = (self._read_password(stage) for stage in (CURRENT, PREVIOUS))
        keys = [hashlib.sha256(f"marquee webhooks {p}".encode()).digest() for p in passwords if p is not None]
        if not keys:
            raise TransientError("The webhooks' key is not there yet.")
        self._known = {hashlib.sha256(key).hexdigest()[:8]: key for key in keys}


def secret_password(secret_arn: str, stage: str) -> str | None:
    """The password from Secrets Manager."""
    from botocore.exceptions import ClientError

    from marquee.adapters.aws import code_of, configuration, new_session, translated

    client = new_session().client("secretsmanager", config=configuration())
    try:
        with translated("The secrets store"):
            return str(client.get_secret_value(SecretId=secret_arn, VersionStage=stage)["SecretString"])
    except TransientError as error:
        cause = error.__cause__
        if stage == PREVIOUS and isinstance(cause, ClientError) and code_of(cause) == "ResourceNotFoundException":
            return None
        raise
