"""How a signed policy travels: as cookies or in an address's query, in CloudFront's own base 64."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from marquee.domain.errors import InvalidRequest
from marquee.domain.playback import COOKIE_PREFIX, Signature

_LETTERS = str.maketrans("+=/", "-_~")
_PLAIN = str.maketrans("-_~", "+=/")
# Without it CloudFront takes a signature to be over SHA-1.
_HASH = ("Hash-Algorithm", "SHA256")


@dataclass(frozen=True, slots=True)
class SignedPolicy:
    """A policy and its signature."""

    policy: bytes
    signature: Signature

    def cookies(self) -> dict[str, str]:
        return {f"{COOKIE_PREFIX}{name}": value for name, value in self._fields()}

    def query(self) -> str:
        """To be put behind `?` or `&`; nothing in it needs to be encoded."""
        return "&".join(f"{name}={value}" for name, value in self._fields())

    def _fields(self) -> tuple[tuple[str, str], ...]:
        return (
            ("Policy", encoded(self.policy)),
            ("Signature", encoded(self.signature.value)),
            ("Key-Pair-Id", self.signature.key_id),
            _HASH,
        )


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode().translate(_LETTERS)


def decoded(text: str) -> bytes:
    """Raises `InvalidRequest` for what `encoded` does not give."""
    try:
        return base64.b64decode(text.translate(_PLAIN), validate=True)
    except ValueError as error:
        raise InvalidRequest("This is no signature.") from error
