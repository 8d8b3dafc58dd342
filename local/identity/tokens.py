"""The token endpoint of a pool's domain: client credentials, as Cognito answers them."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from local.identity.pool import DurablePool


class TokenRefusedError(Exception):
    """OAuth's error code, which is all that the client is told."""


def machine_token(pools: Iterable[DurablePool], authorization: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The answer's body. Raises TokenRefusedError."""
    if form.get("grant_type") != "client_credentials":
        raise TokenRefusedError("unsupported_grant_type")
    client_id, secret = _credentials(authorization, form)
    pool = next((pool for pool in pools if pool.has_domain and client_id in pool.clients), None)
    if pool is None:
        raise TokenRefusedError("invalid_client")
    client = pool.clients[client_id]
    if not client.generate_secret or not hmac.compare_digest(client.secret.encode(), secret.encode()):
        raise TokenRefusedError("invalid_client")
    settings = client.extended_config
    if "client_credentials" not in settings.get("AllowedOAuthFlows", ()):
        raise TokenRefusedError("unauthorized_client")
    allowed = list(settings.get("AllowedOAuthScopes", ()))
    scopes = form.get("scope", "").split() or allowed
    if not set(scopes) <= set(allowed):
        raise TokenRefusedError("invalid_scope")
    seconds = pool.life_of(client_id, "AccessToken")
    claims = {"sub": client_id, "client_id": client_id, "token_use": "access", "scope": " ".join(scopes), "version": 2}
    return {"access_token": pool.sign(claims, seconds), "expires_in": seconds, "token_type": "Bearer"}


def _credentials(authorization: str, form: Mapping[str, str]) -> tuple[str, str]:
    kind, _, encoded = authorization.partition(" ")
    if kind.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise TokenRefusedError("invalid_client") from error
    return unquote_plus(name), unquote_plus(secret)
