"""Everything that Cognito answers, in front of moto: what moto lets pass is refused here, what it forgets is kept.

- Calls without a signature are those of people's clients; whatever an administrator does must be signed, so that
  no page in a browser of this machine can do it.
- A client may only use the flows that the template gives it. SRP is refused: moto does not check its proof.
- Who is unknown is answered like who is wrong, where the client asks for that.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from joserfc.jwk import KeySet, RSAKey

from local.identity.demo import DemoUser, add_demo_users
from local.identity.pool import DurablePool
from local.identity.store import IdentityStore
from local.identity.tokens import TokenRefusedError, machine_token
from local.model import UserPool
from local.references import Platform
from local.wsgi import WsgiBridge

TARGET = "AWSCognitoIdentityProviderService"
# what Cognito answers without a signature, as far as moto has it
OPEN_ACTIONS = frozenset(
    {"InitiateAuth", "RespondToAuthChallenge", "SignUp", "ConfirmSignUp", "ResendConfirmationCode", "ForgotPassword",
     "ConfirmForgotPassword", "ChangePassword", "GetUser", "GlobalSignOut", "RevokeToken", "UpdateUserAttributes",
     "AssociateSoftwareToken", "VerifySoftwareToken", "SetUserMFAPreference"}
)  # fmt: skip
_CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "x-amzn-RequestId,x-amzn-ErrorType"}
_PREFLIGHT = {**_CORS, "Access-Control-Allow-Methods": "POST", "Access-Control-Max-Age": "86400",
              "Access-Control-Allow-Headers": "content-type,x-amz-target,x-amz-user-agent"}  # fmt: skip


class RefusedError(Exception):
    """`code` is the exception's name in Cognito's API."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class IdentityService:
    """The pools of one local cloud. `provision` fills them; until then there are none."""

    def __init__(self, moto: WsgiBridge, platform: Platform, path: Path) -> None:
        self._moto = moto
        self._platform = platform
        self._store = IdentityStore(path)
        self._pools: dict[str, DurablePool] = {}
        self.demo_users: list[DemoUser] = []

    def close(self) -> None:
        self._store.close()

    def provision(self, pools: tuple[UserPool, ...]) -> None:
        """Makes the template's pools, with the users of earlier runs. Blocks."""
        from moto.cognitoidp.models import cognitoidp_backends

        backend = cognitoidp_backends[self._platform.account][self._platform.region]
        for described in pools:
            pool = self._pool(described)
            pool.restore(self._store.records("user", pool.id), self._store.records("refresh", pool.id))
            self.demo_users += add_demo_users(pool, self._store)
            backend.user_pools[pool.id] = self._pools[pool.id] = pool
        self._save()

    def secret_of(self, client_id: str) -> str:
        """The secret of a machine client; the same at every start."""
        return self._store.fact(f"secret of {client_id}", lambda: secrets.token_hex(26))

    @property
    def pools(self) -> list[DurablePool]:
        return list(self._pools.values())

    @property
    def machine_clients(self) -> list[tuple[str, str]]:
        """Ids and secrets of the clients that get tokens of their own."""
        return [
            (client.id, client.secret)
            for pool in self._pools.values()
            for client in pool.clients.values()
            if "client_credentials" in client.extended_config.get("AllowedOAuthFlows", ())
        ]

    def keys(self, issuer: str) -> KeySet | None:
        """The public keys of an issuer; None for one that is not ours."""
        pool = next((pool for pool in self._pools.values() if pool.issuer == issuer), None)
        return None if pool is None else KeySet([pool.json_web_key])

    async def answer(self, request: web.Request, service: str) -> web.Response | None:
        """None when the request is for another service."""
        if request.method == "OPTIONS" and request.path == "/":
            return web.Response(status=204, headers=_PREFLIGHT)
        if request.method == "POST" and request.path == "/oauth2/token":
            return await self._token(request)
        if request.method == "GET" and request.path.endswith("/.well-known/jwks.json"):
            return self._key_document(request.path.strip("/").partition("/")[0])
        if service not in {"cognito-idp", TARGET}:
            return None
        signed = service == "cognito-idp"
        answer = await self._call(request, await request.read(), signed)
        if not signed:
            answer.headers.update(_CORS)
        return answer

    async def _call(self, request: web.Request, body: bytes, signed: bool) -> web.Response:
        action = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        try:
            asked = _object(body)
            self._check(action, asked, signed)
            if action == "RevokeToken":
                self._revoke(asked)
                answer = web.json_response({})
            else:
                answer = await self._moto.handle(request, body)
        except RefusedError as error:
            return _refusal(error.code, str(error))
        await asyncio.to_thread(self._save)
        return self._discreet(answer) if action == "InitiateAuth" else answer

    def _check(self, action: str, asked: Mapping[str, Any], signed: bool) -> None:
        if not signed and action not in OPEN_ACTIONS:
            raise RefusedError("MissingAuthenticationTokenException", "Missing Authentication Token")
        client_id = asked.get("ClientId")
        pool = next((pool for pool in self._pools.values() if client_id in pool.clients), None)
        if pool is None or not isinstance(client_id, str):
            return
        if action == "SignUp" and pool.extended_config.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"):
            raise RefusedError("NotAuthorizedException", "SignUp is not permitted for this user pool")
        if action == "InitiateAuth":
            _check_flow(str(asked.get("AuthFlow")), pool.clients[client_id].extended_config)

    def _revoke(self, asked: Mapping[str, Any]) -> None:
        for pool in self._pools.values():
            if asked.get("ClientId") in pool.clients:
                pool.revoke(str(asked.get("Token", "")))
                return
        raise RefusedError("ResourceNotFoundException", f"User pool client {asked.get('ClientId')} does not exist.")

    def _discreet(self, answer: web.Response) -> web.Response:
        """An unknown user is answered as a wrong password is."""
        if answer.status == 400 and b"UserNotFoundException" in bytes(answer.body or b""):  # type: ignore[arg-type]
            return _refusal("NotAuthorizedException", "Incorrect username or password.")
        return answer

    async def _token(self, request: web.Request) -> web.Response:
        form = dict(parse_qsl((await request.read()).decode(errors="replace")))
        try:
            body = machine_token(self._pools.values(), request.headers.get("Authorization", ""), form)
        except TokenRefusedError as error:
            return web.json_response({"error": str(error)}, status=400, headers=_CORS)
        return web.json_response(body, headers={**_CORS, "Cache-Control": "no-store"})

    def _key_document(self, pool_id: str) -> web.Response | None:
        pool = self._pools.get(pool_id)
        return None if pool is None else web.json_response(KeySet([pool.json_web_key]).as_dict(private=False))

    def _pool(self, described: UserPool) -> DurablePool:
        text = self._store.fact(f"key of {described.id}", _new_key)
        known = {client.id: self.secret_of(client.id) for client in described.clients}
        return DurablePool(described, RSAKey.import_key(json.loads(text)), known, self._platform)

    def _save(self) -> None:
        self._store.keep(lambda: {k: v for pool in self._pools.values() for k, v in pool.records().items()})


def _new_key() -> str:
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    return json.dumps(key.as_dict(private=True))


def _check_flow(flow: str, client: Mapping[str, Any]) -> None:
    if flow == "USER_SRP_AUTH":
        raise RefusedError("InvalidParameterException", "SRP is not run on this machine: use USER_PASSWORD_AUTH.")
    name = "REFRESH_TOKEN_AUTH" if flow == "REFRESH_TOKEN" else flow
    if f"ALLOW_{name}" not in client.get("ExplicitAuthFlows", ()):
        raise RefusedError("InvalidParameterException", f"{flow} flow not enabled for this client")


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        asked = json.loads(body or b"{}")
    except ValueError as error:
        raise RefusedError("SerializationException", "The body is not JSON.") from error
    if not isinstance(asked, dict):
        raise RefusedError("SerializationException", "The body is no object.")
    return asked


def _refusal(code: str, message: str) -> web.Response:
    body = json.dumps({"__type": code, "message": message})
    return web.Response(
        text=body, status=400, content_type="application/x-amz-json-1.1", headers={"x-amzn-ErrorType": code}
    )
