"""moto's user pool with what it leaves out: keys of its own, tokens that live as long as the template says.

moto signs with a key that everybody can read in its package, lets refresh tokens live for ever and knows each
address only in the spelling of its registration.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey
from moto.cognitoidp.exceptions import NotAuthorizedError
from moto.cognitoidp.models import (
    CognitoIdpGroup,
    CognitoIdpUser,
    CognitoIdpUserPool,
    CognitoIdpUserPoolClient,
    UserStatus,
)

from local import model
from local.identity.passwords import HashedPassword
from local.identity.store import Key
from local.references import Platform

_CONFIGURED = ("Policies", "UsernameAttributes", "AutoVerifiedAttributes", "AccountRecoverySetting",
               "AdminCreateUserConfig", "MfaConfiguration")  # fmt: skip
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
_DEFAULTS = {"AccessToken": 3600, "IdToken": 3600, "RefreshToken": 30 * 86_400}


class DurablePool(CognitoIdpUserPool):  # type: ignore[misc]  # moto's classes have no types here
    """One pool of the template; its users can be written down and taken up again."""

    def __init__(self, pool: model.UserPool, key: RSAKey, client_secrets: Mapping[str, str], place: Platform) -> None:
        settings = {name: pool.properties[name] for name in _CONFIGURED if name in pool.properties}
        super().__init__(place.account, place.region, pool.properties.get("UserPoolName", pool.id), settings)
        self.id = pool.id
        self.arn = f"arn:aws:cognito-idp:{place.region}:{place.account}:userpool/{pool.id}"
        self.issuer = f"https://cognito-idp.{place.region}.amazonaws.com/{pool.id}"
        self.json_web_key = key
        self.token_mfa_config = {"Enabled": "SOFTWARE_TOKEN_MFA" in pool.properties.get("EnabledMfas", ())}
        self.has_domain = pool.has_domain
        for group in pool.groups:
            name = group["GroupName"]
            precedence = group.get("Precedence", 0)
            self.groups[name] = CognitoIdpGroup(self.id, name, group.get("Description", ""), "", precedence)
        for client in pool.clients:
            made = CognitoIdpUserPoolClient(
                self.id, bool(client.properties.get("GenerateSecret")), dict(client.properties)
            )
            made.id, made.secret = client.id, client_secrets[client.id]
            self.clients[client.id] = made

    def life_of(self, client_id: str, kind: str) -> int:
        """Seconds that the client's tokens live; `kind` is AccessToken, IdToken or RefreshToken."""
        settings = self.clients[client_id].extended_config
        units = settings.get("TokenValidityUnits", {})
        default_unit = "days" if kind == "RefreshToken" else "hours"
        length = settings.get(f"{kind}Validity")
        return _DEFAULTS[kind] if length is None else int(length) * _SECONDS[units.get(kind, default_unit)]

    def sign(self, claims: Mapping[str, Any], seconds: int) -> str:
        now = int(time.time())
        whole = {"iss": self.issuer, "iat": now, "auth_time": now, "exp": now + seconds,
                 "jti": secrets.token_hex(16), **claims}  # fmt: skip
        return str(jwt.encode({"kid": self.json_web_key.kid, "alg": "RS256"}, whole, self.json_web_key))

    def create_jwt(
        self,
        client_id: str,
        username: str,
        token_use: str,
        expires_in: int = 3600,
        extra_data: dict[str, Any] | None = None,
    ) -> tuple[str, int]:
        """moto's, with our key and the template's times. Groups in the order of their precedence."""
        for_page = token_use == "id"  # noqa: S105 -- an ID token: for the client that asked, not for APIs
        seconds = self.life_of(client_id, "IdToken" if for_page else "AccessToken")
        user = self._get_user(username)
        claims: dict[str, Any] = {"sub": user.id, "token_use": token_use, **(extra_data or {})}
        if for_page:
            email = user.attribute_lookup.get("email", "")
            claims |= {"aud": client_id, "cognito:username": user.username, "email": email}
        else:
            claims |= {"client_id": client_id, "username": user.username}
        if user.groups:
            claims["cognito:groups"] = [g.group_name for g in sorted(user.groups, key=lambda g: g.precedence or 0)]
        return self.sign(claims, seconds), seconds

    def create_refresh_token(self, client_id: str, username: str) -> tuple[str, str]:
        """The token ends in when it does."""
        ends = int(time.time()) + self.life_of(client_id, "RefreshToken")
        token, origin = f"{secrets.token_urlsafe(48)}.{ends}", secrets.token_hex(16)
        self.refresh_tokens[token] = (client_id, self._get_user(username).username, origin)
        return token, origin

    def create_tokens_from_refresh_token(self, refresh_token: str) -> tuple[str, str, int]:
        if _ended(refresh_token) or self._get_user((self.refresh_tokens[refresh_token] or ("", ""))[1]) is None:
            self.refresh_tokens.pop(refresh_token, None)
            raise NotAuthorizedError("Refresh Token has expired")
        access, identity, seconds = super().create_tokens_from_refresh_token(refresh_token)
        return access, identity, seconds

    def sign_out(self, username: str) -> None:
        """Everywhere, whatever name the user signed in with."""
        user = self._get_user(username)
        for tokens in (self.refresh_tokens, self.access_tokens):
            for token, holder in list(tokens.items()):
                if holder is None or self._get_user(holder[1]) is user:
                    tokens.pop(token, None)

    def revoke(self, refresh_token: str) -> None:
        self.refresh_tokens.pop(refresh_token, None)

    def _get_user(self, username: str) -> CognitoIdpUser:
        """By name, or by address in any spelling. moto returns None when there is no such user."""
        named = self.users.get(username)
        if named is not None:
            return named
        wanted = username.lower()
        return next((u for u in self.users.values() if u.attribute_lookup.get("email", "").lower() == wanted), None)

    def records(self) -> dict[Key, str]:
        """Everything that outlives the process."""
        users = {("user", self.id, name): _written(user) for name, user in list(self.users.items())}
        signed_in = {
            ("refresh", self.id, token): json.dumps(holder)
            for token, holder in list(self.refresh_tokens.items())
            if holder is not None and not _ended(token)
        }
        return {**users, **signed_in}

    def restore(self, users: Mapping[str, str], refresh_tokens: Mapping[str, str]) -> None:
        for text in users.values():
            self._take_up(json.loads(text))
        for token, holder in refresh_tokens.items():
            if not _ended(token):
                self.refresh_tokens[token] = tuple(json.loads(holder))

    def _take_up(self, kept: Mapping[str, Any]) -> None:
        password = kept["password"] and HashedPassword(kept["password"])
        user = CognitoIdpUser(self.id, kept["username"], password, UserStatus(kept["status"]), kept["attributes"])
        user.id = kept["sub"]
        user.update_attributes([{"Name": "sub", "Value": user.id}])
        user.create_date = user.last_modified_date = datetime.fromisoformat(kept["created_at"])
        for name in ("enabled", "software_token_mfa_enabled", "token_verified", "preferred_mfa_setting"):
            setattr(user, name, kept[name])
        self.users[user.username] = user
        for name in kept["groups"]:
            if name in self.groups:
                self.groups[name].users.add(user)
                user.groups.add(self.groups[name])


def _written(user: CognitoIdpUser) -> str:
    """A user as JSON; a password that is still plain is hashed now."""
    if isinstance(user.password, str):
        user.password = HashedPassword.of(user.password)
    kept = {
        "username": user.username,
        "sub": user.id,
        "password": user.password.text if user.password else None,
        "status": str(getattr(user.status, "value", user.status)),
        "attributes": user.attributes,
        "created_at": user.create_date.isoformat(),
        "groups": sorted(group.group_name for group in user.groups),
    }
    flags = ("enabled", "software_token_mfa_enabled", "token_verified", "preferred_mfa_setting")
    return json.dumps({**kept, **{name: getattr(user, name) for name in flags}}, sort_keys=True)


def _ended(refresh_token: str) -> bool:
    ends = refresh_token.rpartition(".")[2]
    return not ends.isdigit() or int(ends) <= time.time()
