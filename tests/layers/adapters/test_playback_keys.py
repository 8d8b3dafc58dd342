"""Signatures hold against the curve's own arithmetic, and keys go on one generation at a time."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from marquee.adapters.playback_keys import SPREADS_IN_SECONDS, KeySigner, public_keys, rotated
from marquee.domain.errors import Conflict, TransientError
from marquee.domain.playback import Signature
from marquee.domain.signed import SignedPolicy, decoded

from tests.fakes_playback import KEY_IDS, new_keys, signer_of

POLICY = b'{"Statement":[]}'
NOW = 1_800_000_000

# NIST P-256
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Point = tuple[int, int] | None


def _add(a: Point, b: Point) -> Point:
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = (3 * a[0] ** 2 - 3) * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope**2 - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _times(k: int, point: Point) -> Point:
    total: Point = None
    while k:
        total, point, k = (_add(total, point) if k & 1 else total), _add(point, point), k >> 1
    return total


def holds(pem: str, message: bytes, signature: bytes) -> bool:
    """ECDSA's verification as FIPS 186 writes it; only the encodings are read by a library."""
    key = load_pem_public_key(pem.encode())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    numbers = key.public_numbers()
    r, s = utils.decode_dss_signature(signature)
    e, w = int.from_bytes(hashlib.sha256(message).digest()), pow(s, -1, N)
    point = _add(_times(e * w % N, G), _times(r * w % N, (numbers.x, numbers.y)))
    return point is not None and point[0] % N == r


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=seconds)


def test_a_signature_holds_for_what_was_signed_and_for_nothing_else() -> None:
    keys = new_keys()
    signature = signer_of(keys).sign(POLICY)
    assert holds(public_keys(keys)["1"], POLICY, signature.value)
    assert not holds(public_keys(keys)["1"], POLICY + b" ", signature.value)
    assert not holds(public_keys(keys)["0"], POLICY, signature.value)


def test_a_signer_knows_its_own_signatures() -> None:
    signer = signer_of(new_keys())
    signature = signer.sign(POLICY)
    assert signer.verifies(POLICY, signature)
    assert not signer.verifies(POLICY + b" ", signature)
    assert not signer.verifies(POLICY, Signature("KPREVIOUS", signature.value))
    assert not signer.verifies(POLICY, Signature("KOTHER", signature.value))
    assert not signer.verifies(POLICY, Signature("KCURRENT", b"nonsense"))


def test_cookies_have_cloudfront_s_names_and_letters() -> None:
    signature = signer_of(new_keys()).sign(POLICY)
    cookies = SignedPolicy(POLICY, signature).cookies()
    assert cookies["CloudFront-Key-Pair-Id"] == "KCURRENT"
    assert cookies["CloudFront-Hash-Algorithm"] == "SHA256"  # left out, CloudFront takes SHA-1
    assert decoded(cookies["CloudFront-Policy"]) == POLICY
    assert decoded(cookies["CloudFront-Signature"]) == signature.value
    assert not set("+=/") & set("".join(cookies.values()))


def test_after_a_rotation_the_new_key_signs_and_the_old_one_stays_valid() -> None:
    before = new_keys()
    old = signer_of(before).sign(POLICY)
    after = rotated(before, 2, NOW)
    ids = {"1": "KCURRENT", "2": "KNEW"}
    signer = signer_of(after, ids, lambda: at(SPREADS_IN_SECONDS))

    assert signer.sign(POLICY).key_id == "KNEW"
    assert signer.verifies(POLICY, old)
    assert holds(public_keys(after)["1"], POLICY, old.value)
    assert set(public_keys(after)) == {"1", "2"}


def test_until_cloudfront_has_the_new_key_everywhere_the_old_one_signs() -> None:
    after = rotated(new_keys(), 2, NOW)
    signer = signer_of(after, {"1": "KCURRENT", "2": "KNEW"}, lambda: at(SPREADS_IN_SECONDS - 1))
    assert signer.sign(POLICY).key_id == "KCURRENT"


def test_a_key_that_cloudfront_has_no_name_for_does_not_sign() -> None:
    after = rotated(new_keys(), 2, 0)
    assert signer_of(after, KEY_IDS).sign(POLICY).key_id == "KCURRENT"
    with pytest.raises(TransientError):
        KeySigner(lambda: '{"unused": "x"}', KEY_IDS).sign(POLICY)


def test_a_rotation_that_runs_twice_is_one() -> None:
    once = rotated(new_keys(), 2, NOW)
    assert rotated(once, 2, NOW + 5) == once


def test_a_rotation_can_be_taken_back() -> None:
    before = new_keys()
    back = rotated(rotated(before, 2, NOW), 1, NOW + 60)
    assert (back["current"], back["previous"]) == (before["current"], before["previous"])


def test_a_leap_over_generations_is_refused() -> None:
    with pytest.raises(Conflict, match="one generation at a time"):
        rotated(new_keys(), 3, NOW)
