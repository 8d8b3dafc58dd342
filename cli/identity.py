"""Signs in at a site's identity provider, and keeps the sign-in fresh."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import urllib3

from cli.endpoint import TIMEOUT, Endpoint, EndpointError
from cli.tokens import KeptTokens, SignedIn

# New tokens are fetched a little before the old ones end.
EARLY_SECONDS = 60
RETRIES = urllib3.Retry(3, connect=1, status_forcelist=(429, 500, 502, 503, 504), backoff_factor=0.5,
                        backoff_jitter=0.5, allowed_methods=None, raise_on_status=False)  # fmt: skip

# Is asked for what a challenge wants: its name in the protocol and a sentence for the person.
Ask = Callable[[str, str], str]

CHALLENGES = {
    "SOFTWARE_TOKEN_MFA": ("SOFTWARE_TOKEN_MFA_CODE", "Code of your authenticator app"),
    "NEW_PASSWORD_REQUIRED": ("NEW_PASSWORD", "New password"),
}

# A refresh token that is answered so opens nothing any more; all else may pass.
OVER = frozenset({"NotAuthorizedException", "UserNotFoundException", "ResourceNotFoundException"})


def endpoint_of(identity: Identity) -> Endpoint:
    """The site, as whoever is signed in there."""
    return Endpoint(identity.site, token=identity.token, renewed=identity.renewed)


class Identity:
    """Sign-ins of this user at one site."""

    def __init__(self, site: str, kept: KeptTokens | None = None, *, now: Callable[[], float] = time.time) -> None:
        self.site = site.rstrip("/")
        self._kept = kept or KeptTokens()
        self._now = now
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=RETRIES)
        self._lock = threading.Lock()
        self._unkept: SignedIn | None = None  # what no file would take

    def login(self, username: str, password: str, ask: Ask) -> SignedIn:
        """Raises `EndpointError` with the provider's own sentence. `ask` is called for a second factor."""
        told = Endpoint(self.site).get("/identity")
        return self.sign_in(told["endpoint"], told["client_id"], username, password, ask)

    def sign_in(self, endpoint: str, client_id: str, username: str, password: str, ask: Ask) -> SignedIn:
        """`login` where it is known who gives out the tokens. Where they cannot be kept this object still has
        them, and `EndpointError` (`not_kept`) is raised."""
        parameters = {"USERNAME": username, "PASSWORD": password}
        answer = self._initiate(endpoint, client_id, "USER_PASSWORD_AUTH", parameters)
        while "ChallengeName" in answer:
            answer = self._respond(endpoint, client_id, username, answer, ask)
        signed_in = SignedIn(
            site=self.site,
            username=username,
            endpoint=endpoint,
            client_id=client_id,
            refresh_token=answer["AuthenticationResult"]["RefreshToken"],
            **self._fresh(answer),
        )
        error = self._keep(signed_in)
        if error is not None:
            raise EndpointError(
                f"The sign-in cannot be kept ({error}): name a folder that can be written in MARQUEE_CLI_STATE.",
                code="not_kept",
            ) from error
        return signed_in

    def logout(self) -> bool:
        """Ends the sign-in here and at the provider; False when there was none."""
        signed_in = self._kept.recall(self.site)
        if signed_in is None:
            return False
        self._forget()
        self._call(signed_in.endpoint, "RevokeToken", Token=signed_in.refresh_token, ClientId=signed_in.client_id)
        return True

    def token(self) -> str | None:
        """The access token to send, refreshed before it ends; None when nobody is signed in (any more).

        It is the old one when nobody answers who could refresh it: what it is sent to says what is wrong.
        """
        with self._lock:
            signed_in = self._recall()
            if signed_in is None or signed_in.expires_at > self._now() + EARLY_SECONDS:
                return signed_in.access_token if signed_in else None
            try:
                return self._refreshed(signed_in)
            except EndpointError:
                return signed_in.access_token

    def renewed(self, refused: str) -> str | None:
        """Another token instead of one that was not taken; None when there is none.

        Raises `EndpointError` when nobody answers who could give one.
        """
        with self._lock:
            signed_in = self._recall()
            if signed_in is None or signed_in.access_token != refused:  # somebody else was quicker
                return signed_in.access_token if signed_in else None
            return self._refreshed(signed_in)

    def _refreshed(self, signed_in: SignedIn) -> str | None:
        parameters = {"REFRESH_TOKEN": signed_in.refresh_token}
        try:
            answer = self._initiate(signed_in.endpoint, signed_in.client_id, "REFRESH_TOKEN_AUTH", parameters)
        except EndpointError as error:
            if error.code not in OVER:
                raise
            self._forget()
            return None
        renewed = signed_in.model_copy(update=self._fresh(answer))
        self._keep(renewed)
        return renewed.access_token

    def _recall(self) -> SignedIn | None:
        return self._unkept or self._kept.recall(self.site)

    def _keep(self, signed_in: SignedIn) -> OSError | None:
        try:
            self._kept.keep(signed_in)
        except OSError as error:
            self._unkept = signed_in
            return error
        self._unkept = None
        return None

    def _forget(self) -> None:
        self._unkept = None
        with contextlib.suppress(OSError):  # it opens nothing, kept or not
            self._kept.forget(self.site)

    def _fresh(self, answer: dict[str, Any]) -> dict[str, Any]:
        result = answer["AuthenticationResult"]
        return {"access_token": result["AccessToken"], "expires_at": self._now() + result["ExpiresIn"]}

    def _initiate(self, endpoint: str, client_id: str, flow: str, parameters: dict[str, str]) -> dict[str, Any]:
        return self._call(endpoint, "InitiateAuth", AuthFlow=flow, ClientId=client_id, AuthParameters=parameters)

    def _respond(
        self, endpoint: str, client_id: str, username: str, challenge: dict[str, Any], ask: Ask
    ) -> dict[str, Any]:
        name = challenge["ChallengeName"]
        if name not in CHALLENGES:
            raise EndpointError(f"This account asks for {name}, which is not done here.", code="unknown_challenge")
        field, sentence = CHALLENGES[name]
        user = challenge.get("ChallengeParameters", {}).get("USERNAME") or username
        return self._call(
            endpoint,
            "RespondToAuthChallenge",
            ChallengeName=name,
            ClientId=client_id,
            Session=challenge["Session"],
            ChallengeResponses={"USERNAME": user, field: ask(field, sentence)},
        )

    def _call(self, endpoint: str, action: str, **parameters: Any) -> dict[str, Any]:
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"AWSCognitoIdentityProviderService.{action}",
        }
        try:
            response = self._pool.request("POST", f"{endpoint}/", headers=headers, body=json.dumps(parameters))
            answer: dict[str, Any] = json.loads(response.data or b"{}")
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise EndpointError(f"Nobody signs people in at {endpoint}.", code="unreachable") from error
        if response.status >= 400:
            code = str(answer.get("__type", "refused")).rpartition("#")[2]
            sentence = answer.get("message") or answer.get("Message") or f"The sign-in was refused: {code}."
            raise EndpointError(sentence, code=code, status=response.status)
        return answer
