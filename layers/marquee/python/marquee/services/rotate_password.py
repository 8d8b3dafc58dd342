"""Gives the database's user another password, in the four steps in which Secrets Manager asks for it.

Every step may run twice and after a crash: a version that is there is not made again, and a password that opens the
database already is not set again.
"""

from __future__ import annotations

import secrets
import string
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from marquee.domain.errors import PermanentError
from marquee.domain.passwords import CURRENT, PENDING, PasswordStore, SecretVersions

LETTERS = string.ascii_letters + string.digits
PASSWORD_LENGTH = 40  # as the first one, which the deployment makes


class RotationRequest(BaseModel):
    """What Secrets Manager calls with. `token` names the version that is to become the current one."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    step: Literal["createSecret", "setSecret", "testSecret", "finishSecret"] = Field(alias="Step")
    secret: str = Field(alias="SecretId")
    token: str = Field(alias="ClientRequestToken")


class RotatePassword:
    """Who reads the secret between the last two steps is refused for seconds, and reads it again."""

    def __init__(self, secret_arn: str, versions: SecretVersions, database: PasswordStore) -> None:
        self._arn = secret_arn
        self._versions = versions
        self._database = database

    def __call__(self, asked: RotationRequest) -> None:
        stages = self._versions.stages()
        if asked.secret != self._arn:
            raise PermanentError("This is not the secret that is rotated here.")
        if CURRENT in stages.get(asked.token, frozenset()):
            return  # done before
        current = next(token for token, marks in stages.items() if CURRENT in marks)
        if asked.step == "createSecret":
            self._create(asked.token, current, exists=PENDING in stages.get(asked.token, frozenset()))
        elif asked.step == "setSecret":
            self._set(asked.token, current)
        elif asked.step == "testSecret":
            self._test(asked.token)
        else:
            self._versions.make_current(asked.token, instead_of=current)

    def _create(self, token: str, current: str, *, exists: bool) -> None:
        if not exists:
            password = "".join(secrets.choice(LETTERS) for _ in range(PASSWORD_LENGTH))
            self._versions.write_pending(token, {**self._versions.read(current), "password": password})

    def _set(self, token: str, current: str) -> None:
        pending = self._versions.read(token)
        if not self._database.opens(pending):
            self._database.change(self._versions.read(current), password=str(pending["password"]))

    def _test(self, token: str) -> None:
        if not self._database.opens(self._versions.read(token)):
            raise PermanentError("The database refuses its new password.")
