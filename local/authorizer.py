"""API Gateway's JWT authorizer: checks what AWS documents, in its order, and says as little as it does."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from local.model import JwtAuthorizer

_ALGORITHMS = ["RS256", "RS384", "RS512"]  # only RSA is supported


class UnauthorizedError(Exception):
    """No token, or one that does not count: 401. The text goes into `WWW-Authenticate`; empty without a token."""


class ForbiddenError(Exception):
    """The token counts and has none of the scopes that the route asks for: 403."""


class TokenCheck:
    """`keys` gives the public keys of an issuer, None for an unknown one; `now` is in seconds."""

    def __init__(self, keys: Callable[[str], KeySet | None], now: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._now = now

    def claims(self, authorizer: JwtAuthorizer, scopes: tuple[str, ...], header: str) -> dict[str, Any]:
        """What the token of an `Authorization` header says. Raises UnauthorizedError and ForbiddenError."""
        kind, _, rest = header.strip().partition(" ")
        text = rest.strip() if kind.lower() == "bearer" else header.strip()
        if not text:
            raise UnauthorizedError("")
        claims = self._verified(authorizer.issuer, text)
        self._check(authorizer, claims)
        if scopes and not set(scopes) & _scopes_of(claims):
            raise ForbiddenError
        return claims

    def _verified(self, issuer: str, text: str) -> dict[str, Any]:
        keys = self._keys(issuer)
        if keys is None:
            raise UnauthorizedError("the issuer's keys cannot be read")
        try:
            token = jwt.decode(text, keys, algorithms=_ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise UnauthorizedError("invalid token") from error
        # with a single key the library would take a token that names none
        if token.header.get("kid") not in {key.kid for key in keys.keys}:
            raise UnauthorizedError("unknown key")
        return dict(token.claims)

    def _check(self, authorizer: JwtAuthorizer, claims: Mapping[str, Any]) -> None:
        now = self._now()
        if claims.get("iss") != authorizer.issuer:
            raise UnauthorizedError("invalid issuer")
        # client_id counts only where there is no audience
        told = claims["aud"] if "aud" in claims else claims.get("client_id")
        if not authorizer.audience & set(told if isinstance(told, list) else [told]):
            raise UnauthorizedError("invalid audience")
        if not _seconds(claims, "exp", 0) > now:
            raise UnauthorizedError("the token has expired")
        if _seconds(claims, "nbf", now) > now or _seconds(claims, "iat", now) > now + 1:
            raise UnauthorizedError("the token is not valid yet")


def _seconds(claims: Mapping[str, Any], name: str, otherwise: float) -> float:
    value = claims.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnauthorizedError(f"invalid {name}")
    return float(value)


def _scopes_of(claims: Mapping[str, Any]) -> set[str]:
    told = claims.get("scope") or claims.get("scp") or ""
    return set(told.split() if isinstance(told, str) else told)


def context_of(claims: Mapping[str, Any], scopes: tuple[str, ...]) -> dict[str, Any]:
    """What functions are told: every claim as text."""
    return {"jwt": {"claims": {name: _text(value) for name, value in claims.items()}, "scopes": list(scopes) or None}}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{' '.join(_text(item) for item in value)}]"
    return json.dumps(value)
