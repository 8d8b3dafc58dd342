"""How a signed policy travels: as cookies or in an address's query, in CloudFront's own base 64."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from marquee.domain.playback import COOKIE_PREFIX, Signature

_LETTERS = str.maketrans("+=/", "-_~")
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
            ("Policy", _encoded(self.policy)),
            ("Signature", _encoded(self.signature.value)),
            ("Key-Pair-Id", self.signature.key_id),
            _HASH,
        )


def set_cookie_headers(cookies: dict[str, str], *, path: str, lifetime_seconds: int, secure: bool) -> list[str]:
    """Values of `Set-Cookie`. They live a little shorter than what they open, and go to `path` alone."""
    ending = f"; Path={path}; Max-Age={lifetime_seconds}; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
    return [f"{name}={value}{ending}" for name, value in cookies.items()]


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode().translate(_LETTERS)
