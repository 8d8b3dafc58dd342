"""Passwords as they are kept: hashed. moto compares plain texts, so a hash equals the text it was made of."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_COST = {"n": 2**14, "r": 8, "p": 1}


class HashedPassword:
    """`text` is what is stored: salt and digest in hexadecimal."""

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def of(cls, password: str) -> HashedPassword:
        salt = secrets.token_bytes(16)
        return cls(f"{salt.hex()}${_digest(password, salt).hex()}")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, HashedPassword):
            return self.text == other.text
        if not isinstance(other, str):
            return False
        salt, _, digest = self.text.partition("$")
        return hmac.compare_digest(_digest(other, bytes.fromhex(salt)).hex(), digest)

    def __hash__(self) -> int:
        return hash(self.text)


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST["n"], r=_COST["r"], p=_COST["p"])
