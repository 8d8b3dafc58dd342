"""Accounts in Cognito's user pool (`domain.accounts.Accounts`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marquee.adapters.aws import JsonService, ServiceError


class CognitoAccounts:
    """The pool's users, found by subject: whoever signs in with a foreign account has another user name."""

    def __init__(self, user_pool_id: str) -> None:
        self._pool = user_pool_id
        self._service = JsonService(
            "The identity provider",
            "cognito-idp",
            variable="COGNITO_IDENTITY_PROVIDER",
            target="AWSCognitoIdentityProviderService",
            version="1.1",
        )

    def attributes(self, subject: str) -> Mapping[str, Any] | None:
        user = self._find(subject)
        if user is None:
            return None
        return {
            "username": user["Username"],
            "status": user["UserStatus"],
            "created_at": _moment(user["UserCreateDate"]),
            "attributes": {item["Name"]: item["Value"] for item in user["Attributes"]},
        }

    def delete(self, subject: str) -> None:
        user = self._find(subject)
        if user is None:
            return
        try:
            self._service.call("AdminDeleteUser", UserPoolId=self._pool, Username=user["Username"])
        except ServiceError as error:
            if error.code != "UserNotFoundException":
                raise

    def _find(self, subject: str) -> Mapping[str, Any] | None:
        # the subject comes from a verified token; in a filter it must be no more than a text
        wanted = f'sub = "{subject}"' if _is_plain(subject) else 'sub = ""'
        users = self._service.call("ListUsers", UserPoolId=self._pool, Filter=wanted, Limit=1)["Users"]
        return users[0] if users else None


def _is_plain(subject: str) -> bool:
    return all(letter.isalnum() or letter in "-_" for letter in subject)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(float(seconds), UTC).isoformat().replace("+00:00", "Z")
