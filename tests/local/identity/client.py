"""A client that signs in as a page does: Cognito's API over HTTP, without AWS credentials."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode


class Reply(NamedTuple):
    """`headers` by their names in lower case."""

    status: int
    body: Any
    headers: Mapping[str, str]


def send(
    url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Reply:
    request = urllib.request.Request(url, method=method, headers=dict(headers or {}), data=body)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return _reply(answer.status, answer.read(), answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return _reply(error.code, error.read(), error.headers)


def _reply(status: int, content: bytes, headers: Any) -> Reply:
    return Reply(status, json.loads(content) if content else None, {k.lower(): v for k, v in headers.items()})


def call(endpoint: str, action: str, **parameters: Any) -> Reply:
    """One call of Cognito's API, unsigned."""
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{action}",
    }
    return send(f"{endpoint}/", method="POST", headers=headers, body=json.dumps(parameters).encode())


def sign_in(endpoint: str, client_id: str, email: str, password: str) -> Reply:
    parameters = {"USERNAME": email, "PASSWORD": password}
    flow = "USER_PASSWORD_AUTH"
    return call(endpoint, "InitiateAuth", ClientId=client_id, AuthFlow=flow, AuthParameters=parameters)


def refresh(endpoint: str, client_id: str, token: str) -> Reply:
    parameters = {"REFRESH_TOKEN": token}
    return call(endpoint, "InitiateAuth", ClientId=client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)


def machine_token(endpoint: str, client_id: str, secret: str, **form: str) -> Reply:
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {basic}"}
    body = urlencode({"grant_type": "client_credentials", **form}).encode()
    return send(f"{endpoint}/oauth2/token", method="POST", headers=headers, body=body)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
