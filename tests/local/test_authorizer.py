"""The token check on tokens that no pool would give out."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from local.authorizer import ForbiddenError, TokenCheck, UnauthorizedError, context_of
from local.model import JwtAuthorizer

ISSUER = "https://issuer.example/pool"
AUTHORIZER = JwtAuthorizer(issuer=ISSUER, audience=frozenset({"page", "machine"}))
KEY = RSAKey.generate_key(2048, auto_kid=True)
OTHER = RSAKey.generate_key(2048, auto_kid=True)
NOW = 1_000_000.0
CHECK = TokenCheck(lambda issuer: KeySet([KEY]) if issuer == ISSUER else None, now=lambda: NOW)
GOOD: dict[str, Any] = {"iss": ISSUER, "client_id": "page", "iat": NOW - 10, "exp": NOW + 60, "sub": "ann"}


def signed(claims: dict[str, Any], *, key: RSAKey = KEY, kid: str | None = "") -> str:
    header = {"alg": "RS256"} | ({} if kid is None else {"kid": kid or KEY.kid})
    return str(jwt.encode(header, claims, key))


def accepted(text: str, *scopes: str) -> dict[str, Any]:
    return CHECK.claims(AUTHORIZER, scopes, text)


@pytest.mark.parametrize("prefix", ["Bearer ", "bearer ", ""])
def test_a_good_token_counts(prefix: str) -> None:
    assert accepted(prefix + signed(GOOD))["sub"] == "ann"


@pytest.mark.parametrize("audience", ["page", ["elsewhere", "machine"]])
def test_an_audience_counts_before_the_client(audience: object) -> None:
    assert accepted(signed({**GOOD, "client_id": "stranger", "aud": audience}))
    with pytest.raises(UnauthorizedError, match="audience"):
        accepted(signed({**GOOD, "aud": "elsewhere"}))


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://issuer.example/other"},
        {"client_id": "stranger"},
        {"client_id": None},
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"nbf": NOW + 5},
        {"iat": NOW + 60},
    ],
)
def test_a_claim_that_is_wrong_is_unauthorized(change: dict[str, Any]) -> None:
    with pytest.raises(UnauthorizedError):
        accepted(signed({**GOOD, **change}))


def test_a_token_that_never_ends_is_unauthorized() -> None:
    with pytest.raises(UnauthorizedError, match="expired"):
        accepted(signed({name: value for name, value in GOOD.items() if name != "exp"}))


def test_only_the_issuer_s_own_keys_count() -> None:
    forged = [
        signed(GOOD, key=OTHER),
        signed(GOOD, key=OTHER, kid=OTHER.kid),
        signed(GOOD, kid="unknown"),
        signed(GOOD, kid=None),
        _with_public_key_as_secret(GOOD),
        _unsigned(GOOD),
    ]
    for token in forged:
        with pytest.raises(UnauthorizedError):
            accepted(token)


def _unsigned(claims: dict[str, Any], alg: str = "none") -> str:
    return ".".join(_part(json.dumps(each).encode()) for each in ({"alg": alg, "kid": KEY.kid}, claims)) + "."


def _with_public_key_as_secret(claims: dict[str, Any]) -> str:
    text = _unsigned(claims, "HS256")
    return text + _part(hmac.digest(KEY.as_pem(private=False), text.rstrip(".").encode(), "sha256"))


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.mark.parametrize("text", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b", "Bearer a.b.c", "\u00fc"])
def test_what_is_no_token_is_unauthorized(text: str) -> None:
    with pytest.raises(UnauthorizedError):
        accepted(text)


def test_an_issuer_whose_keys_are_not_known_is_unauthorized() -> None:
    strange = JwtAuthorizer(issuer="https://elsewhere.example", audience=AUTHORIZER.audience)
    with pytest.raises(UnauthorizedError):
        CHECK.claims(strange, (), signed({**GOOD, "iss": strange.issuer}))


def test_one_of_the_scopes_is_enough_and_none_is_forbidden() -> None:
    assert accepted(signed({**GOOD, "scope": "a b"}), "b", "c")
    with pytest.raises(ForbiddenError):
        accepted(signed({**GOOD, "scope": "a b"}), "c")
    with pytest.raises(ForbiddenError):
        accepted(signed(GOOD), "c")


def test_claims_become_texts_as_api_gateway_writes_them() -> None:
    told = context_of({"groups": ["admin", "free"], "exp": 5, "ok": True, "sub": "x"}, ("a",))
    claims = {"groups": "[admin free]", "exp": "5", "ok": "true", "sub": "x"}
    assert told == {"jwt": {"claims": claims, "scopes": ["a"]}}
