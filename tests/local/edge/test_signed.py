"""Signed cookies and addresses are taken, and refused, as CloudFront does."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from local.edge.signed import DeniedError, TrustedKeys, ViewerRequest, without_parameters
from tests.local.edge.signing import cookies, encoded, policy, public_pem, query, sign

NOW = 1_800_000_000
SITE = "https://films.example"
FILM = f"{SITE}/media/ast_1/1/v360/00000.m4s"
ALL = f"{SITE}/media/ast_1/*"
KEY, PREVIOUS, STRANGER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
TRUSTED = TrustedKeys({"KCURRENT": public_pem(KEY), "KPREVIOUS": public_pem(PREVIOUS)})


def ask(url: str = FILM, sent: Mapping[str, str] | None = None, address: str = "192.0.2.7") -> str:
    """`ok`, or CloudFront's code of the refusal."""
    try:
        TRUSTED.check(ViewerRequest(url, sent or {}, address, NOW))
    except DeniedError as error:
        return error.code
    return "ok"


def test_cookies_open_what_their_policy_says() -> None:
    assert ask(FILM, cookies(KEY, "KCURRENT", policy(ALL, NOW + 60))) == "ok"
    assert ask(FILM, cookies(PREVIOUS, "KPREVIOUS", policy(ALL, NOW + 60))) == "ok"


def test_an_address_can_be_signed_itself() -> None:
    assert ask(f"{FILM}?{query(KEY, 'KCURRENT', policy(ALL, NOW + 60))}") == "ok"
    with_more = f"{FILM}?size=1&{query(KEY, 'KCURRENT', policy(f'{FILM}?size=?', NOW + 60))}&more=2"
    assert ask(with_more) == "AccessDenied"  # what is left of the query is compared, too
    assert ask(with_more.removesuffix("&more=2")) == "ok"


@pytest.mark.parametrize("digest", [None, "SHA1", "SHA256"])
def test_without_a_custom_policy_the_address_itself_is_signed(digest: str | None) -> None:
    algorithm = hashes.SHA256() if digest == "SHA256" else hashes.SHA1()  # noqa: S303
    text = policy(FILM, NOW + 60)
    named = {"Hash-Algorithm": digest} if digest else {}
    sent = {"Expires": str(NOW + 60), "Signature": sign(KEY, text, algorithm), "Key-Pair-Id": "KCURRENT", **named}
    assert ask(f"{FILM}?" + "&".join(f"{name}={value}" for name, value in sent.items())) == "ok"
    assert ask(FILM, {f"CloudFront-{name}": value for name, value in sent.items()}) == "ok"
    assert ask(FILM + "x", {f"CloudFront-{name}": value for name, value in sent.items()}) == "AccessDenied"


def test_keys_of_rsa_are_taken_too() -> None:
    key = rsa.generate_private_key(65537, 2048)
    trusted = TrustedKeys({"KRSA": public_pem(key)})
    trusted.check(ViewerRequest(FILM, cookies(key, "KRSA", policy(ALL, NOW + 60)), "192.0.2.7", NOW))


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP384R1())])  # noqa: S505
def test_keys_that_cloudfront_does_not_take_are_refused(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    with pytest.raises(ValueError, match="CloudFront takes"):
        TrustedKeys({"K": public_pem(key)})


@pytest.mark.parametrize(
    ("url", "text"),
    [
        (FILM, policy(ALL, NOW)),  # ended this second
        (FILM, policy(ALL, NOW + 60, DateGreaterThan=NOW)),  # not begun
        (FILM, policy(ALL, NOW + 60, IpAddress="198.51.100.0/24")),  # from elsewhere
        (f"{SITE}/media/ast_2/1/main.m3u8", policy(ALL, NOW + 60)),  # another asset
        (f"{SITE}/media/ast_11/1/main.m3u8", policy(ALL, NOW + 60)),  # a name that begins the same
        (f"{SITE}/elsewhere/ast_1/main.m3u8", policy(ALL, NOW + 60)),  # another path
        ("https://other.example/media/ast_1/main.m3u8", policy(ALL, NOW + 60)),  # another site
        (f"{SITE}/media/AST_1/main.m3u8", policy(ALL, NOW + 60)),  # other letters
        (f"{SITE}/media/%61st_1/main.m3u8", policy(ALL, NOW + 60)),  # compared as it was sent
    ],
)
def test_what_a_policy_does_not_allow_is_denied(url: str, text: bytes) -> None:
    assert ask(url, cookies(KEY, "KCURRENT", text)) == "AccessDenied"


def test_a_policy_for_a_network_opens_there() -> None:
    text = policy(ALL, NOW + 60, IpAddress="192.0.2.0/24", DateGreaterThan=NOW - 1)
    assert ask(FILM, cookies(KEY, "KCURRENT", text)) == "ok"


def test_nothing_shown_is_a_missing_key() -> None:
    assert ask() == "MissingKey"
    assert ask(FILM, {"session": "1"}) == "MissingKey"


def test_a_key_that_is_not_trusted_is_unknown() -> None:
    assert ask(FILM, cookies(STRANGER, "KSTRANGER", policy(ALL, NOW + 60))) == "InvalidKey"


def test_what_is_changed_after_signing_is_denied() -> None:
    sent = cookies(KEY, "KCURRENT", policy(ALL, NOW + 60))
    longer = {**sent, "CloudFront-Policy": encoded(policy(ALL, NOW + 6000))}
    stranger = {**cookies(STRANGER, "KCURRENT", policy(ALL, NOW + 60))}
    other_hash = {**sent, "CloudFront-Hash-Algorithm": "SHA1"}
    unknown_hash = {**sent, "CloudFront-Hash-Algorithm": "MD5"}
    other_key = {**sent, "CloudFront-Key-Pair-Id": "KPREVIOUS"}
    for wrong in (longer, stranger, other_hash, unknown_hash, other_key):
        assert ask(FILM, wrong) == "AccessDenied"


def test_what_is_not_encoded_is_malformed() -> None:
    sent = cookies(KEY, "KCURRENT", policy(ALL, NOW + 60))
    assert ask(FILM, {**sent, "CloudFront-Signature": "!"}) == "MalformedSignature"
    assert ask(FILM, {**sent, "CloudFront-Policy": "!"}) == "MalformedPolicy"


CONDITION = {"DateLessThan": {"AWS:EpochTime": NOW + 60}}


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"[]",
        b'{"Statement":[]}',
        json.dumps({"Statement": [{"Resource": ALL, "Condition": {}}]}).encode(),
        json.dumps({"Statement": [{"Resource": ALL, "Condition": CONDITION}] * 2}).encode(),
        json.dumps({"Statement": [{"Resource": ALL, "Condition": CONDITION, "Effect": "Allow"}]}).encode(),
        json.dumps({"Statement": [{"Resource": [ALL], "Condition": CONDITION}]}).encode(),
        json.dumps({"Statement": [{"Resource": ALL, "Condition": {"DateLessThan": {"AWS:EpochTime": "9"}}}]}).encode(),
        json.dumps({"Statement": [{"Resource": ALL, "Condition": {**CONDITION, "Device": {}}}]}).encode(),
        # a name twice: two readers, two policies
        policy(ALL, NOW + 60).replace(b'{"Resource"', b'{"Resource":"*","Resource"'),
        policy(ALL, NOW - 60).replace(
            b'"Condition"', b'"Condition":' + json.dumps(CONDITION).encode() + b',"Condition"'
        ),
        policy(ALL + "x" * 2048, NOW + 60),
        b"[" * 2000,
    ],
)
def test_a_signed_policy_that_can_be_read_in_two_ways_or_none_is_malformed(text: bytes) -> None:
    assert ask(FILM, cookies(KEY, "KCURRENT", text)) == "MalformedPolicy"


def test_a_signed_address_is_judged_alone() -> None:
    good = cookies(KEY, "KCURRENT", policy(ALL, NOW + 60))
    ended = query(KEY, "KCURRENT", policy(ALL, NOW - 60))
    assert ask(f"{FILM}?{ended}", good) == "AccessDenied"


def test_wildcards_stand_for_slashes_and_queries_too() -> None:
    """Why our own policies never have one in the host."""
    loose = cookies(KEY, "KCURRENT", policy("https://*/media/ast_1/*", NOW + 60))
    assert ask(f"{SITE}/media/ast_2/1/main.m3u8?/media/ast_1/", loose) == "ok"
    tight = cookies(KEY, "KCURRENT", policy(ALL, NOW + 60))
    assert ask(f"{SITE}/media/ast_2/1/main.m3u8?/media/ast_1/", tight) == "AccessDenied"


def test_the_origin_sees_no_parameter_of_cloudfront() -> None:
    assert without_parameters(f"a=1&{query(KEY, 'KCURRENT', policy(ALL, NOW))}&b=2") == "a=1&b=2"
