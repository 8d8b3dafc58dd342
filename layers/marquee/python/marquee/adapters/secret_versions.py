"""The versions of a secret in Secrets Manager, and the database's user whose password they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pymongo.errors import OperationFailure, PyMongoError

from marquee.adapters.aws import JsonService
from marquee.adapters.database import connect, uri_of
from marquee.domain.errors import TransientError
from marquee.domain.passwords import CURRENT, PENDING, Secret

_AUTHENTICATION_FAILED = 18


class SecretVersionsOf:
    """`domain.passwords.SecretVersions`."""

    def __init__(self, secret_arn: str) -> None:
        self._arn = secret_arn
        self._service = JsonService(
            "The secrets store", "secretsmanager", variable="SECRETS_MANAGER", target="secretsmanager", version="1.1"
        )

    def stages(self) -> Mapping[str, frozenset[str]]:
        described = self._service.call("DescribeSecret", SecretId=self._arn)
        return {token: frozenset(marks) for token, marks in described.get("VersionIdsToStages", {}).items()}

    def read(self, token: str) -> Secret:
        found: Secret = json.loads(
            self._service.call("GetSecretValue", SecretId=self._arn, VersionId=token)["SecretString"]
        )
        return found

    def write_pending(self, token: str, secret: Secret) -> None:
        self._service.call(
            "PutSecretValue",
            SecretId=self._arn,
            ClientRequestToken=token,
            SecretString=json.dumps(secret),
            VersionStages=[PENDING],
        )

    def make_current(self, token: str, *, instead_of: str) -> None:
        self._service.call(
            "UpdateSecretVersionStage",
            SecretId=self._arn,
            VersionStage=CURRENT,
            MoveToVersionId=token,
            RemoveFromVersionId=instead_of,
        )


class DatabaseUsers:
    """`domain.passwords.PasswordStore`: whoever the secret names changes his own password."""

    def opens(self, secret: Secret) -> bool:
        try:
            with connect(uri_of(secret)) as client:
                client.admin.command("ping")
        except OperationFailure as error:
            if error.code == _AUTHENTICATION_FAILED:
                return False
            raise TransientError("The database does not say whether a password fits.") from error
        except PyMongoError as error:
            raise TransientError("The database cannot be reached.") from error
        return True

    def change(self, secret: Secret, *, password: str) -> None:
        try:
            with connect(uri_of(secret)) as client:
                client.admin.command("updateUser", str(secret["username"]), pwd=password)
        except PyMongoError as error:
            raise TransientError("The password could not be changed.") from error
