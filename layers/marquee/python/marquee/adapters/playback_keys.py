"""Signing keys in their secret: made, rotated, and used to sign (`domain.playback.PlaybackSigner`).

The secret is JSON with slots `current`, `previous` and `retired`, each `{"generation", "private_key", "made_at"}`
or null. Two have their public halves in the key group; the retired one is kept for a deployment that is rolled back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, TransientError
from marquee.domain.playback import Signature

Keys = Mapping[str, Any]
SLOTS = ("current", "previous", "retired")
# CloudFront brings a new key to all its locations in this time; until then the previous one signs.
SPREADS_IN_SECONDS = 600


class KeySigner:
    """`read` gives the secret's text; `key_ids` CloudFront's names of the public keys, by generation."""

    def __init__(self, read: Callable[[], str], key_ids: Mapping[str, str], clock: Clock = utc_now) -> None:
        self._read = read
        self._key_ids = key_ids
        self._clock = clock
        self._keys: Keys | None = None

    def sign(self, policy: bytes) -> Signature:
        slot = self._slot()
        value = _loaded(slot["private_key"]).sign(policy, ec.ECDSA(hashes.SHA256()))
        return Signature(self._key_ids[str(slot["generation"])], value)

    def verifies(self, policy: bytes, signature: Signature) -> bool:
        for slot in self._known():
            if self._key_ids[str(slot["generation"])] == signature.key_id:
                try:
                    key = _loaded(slot["private_key"]).public_key()
                    key.verify(signature.value, policy, ec.ECDSA(hashes.SHA256()))
                except InvalidSignature:
                    return False
                return True
        return False

    def _known(self) -> list[Keys]:
        """Keys that CloudFront has a name for, the newest first."""
        if self._keys is None:
            # Read once a process: a rotation changes `key_ids`, and with it the function's environment.
            self._keys = json.loads(self._read() or "{}")
        slots = (self._keys.get(slot) for slot in SLOTS)
        return [slot for slot in slots if slot and str(slot["generation"]) in self._key_ids]

    def _slot(self) -> Keys:
        """The newest key that CloudFront knows everywhere; the newest that it knows, if there is no such."""
        known = self._known()
        if not known:
            raise TransientError("There is no key to sign with yet.")
        now = self._clock().timestamp()
        spread = (slot for slot in known if slot["made_at"] + SPREADS_IN_SECONDS <= now)
        return next(spread, known[0])


def rotated(keys: Keys, generation: int, now: int) -> dict[str, Any]:
    """The keys with `generation` as the current one; the same keys when it is already.

    One step forward makes a key, one step back takes the newest away. Raises `Conflict` for a longer one, which
    would end all sessions at once.
    """
    current = keys.get("current")
    if not current:
        # Both are as good as spread: nothing was ever signed by another.
        return {"current": _made(generation, 0), "previous": _made(generation - 1, 0), "retired": None}
    if current["generation"] == generation:
        return dict(keys)
    if current["generation"] == generation - 1:
        return {"current": _made(generation, now), "previous": current, "retired": keys["previous"]}
    if current["generation"] == generation + 1 and keys.get("retired"):
        return {"current": keys["previous"], "previous": keys["retired"], "retired": None}
    raise Conflict(f"Keys go on one generation at a time, and are at {current['generation']}.", code="rotation_skips")


def public_keys(keys: Keys) -> dict[str, str]:
    """Public halves in PEM, by generation: of the two that are in use."""
    return {str(keys[slot]["generation"]): _public(keys[slot]["private_key"]) for slot in ("current", "previous")}


def _made(generation: int, now: int) -> dict[str, Any]:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {"generation": generation, "private_key": pem.decode(), "made_at": now}


def _loaded(private_key: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(private_key.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the signing key is not of an elliptic curve")
    return key


def _public(private_key: str) -> str:
    return (
        _loaded(private_key)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
