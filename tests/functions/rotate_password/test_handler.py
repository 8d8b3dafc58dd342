"""`rotate_password` through its real entry: the secret's versions and the database's users in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from marquee.domain.errors import PermanentError, TransientError
from marquee.domain.passwords import CURRENT, PENDING, Secret
from marquee.services.rotate_password import RotatePassword
from rotate_password.handler import lambda_handler
from rotate_password.wiring import wiring

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:database-AbCdEf"
OLD, NEW = "version-of-last-month", "version-of-this-month"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


class Versions:
    """A secret of which the version OLD is current."""

    def __init__(self) -> None:
        self.texts: dict[str, Secret] = {OLD: {"username": "marquee", "password": "first", "host": "db"}}
        self.marks: dict[str, frozenset[str]] = {OLD: frozenset({CURRENT})}

    def stages(self) -> Mapping[str, frozenset[str]]:
        return self.marks

    def read(self, token: str) -> Secret:
        return self.texts[token]

    def write_pending(self, token: str, secret: Secret) -> None:
        self.texts[token] = secret
        self.marks[token] = frozenset({PENDING})

    def make_current(self, token: str, *, instead_of: str) -> None:
        self.marks |= {token: frozenset({CURRENT, PENDING}), instead_of: frozenset({"AWSPREVIOUS"})}


class Users:
    """One user; `changes` counts how often his password was set. While `away`, nobody is there to ask."""

    def __init__(self) -> None:
        self.password = "first"
        self.changes = 0
        self.away = False

    def opens(self, secret: Secret) -> bool:
        if self.away:
            raise TransientError("The database cannot be reached.")
        return secret["password"] == self.password

    def change(self, secret: Secret, *, password: str) -> None:
        if not self.opens(secret):
            raise TransientError("The password could not be changed.")
        self.password = password
        self.changes += 1


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch, users: Users) -> Versions:
    found = Versions()
    monkeypatch.setitem(wiring.__dict__, "rotate_password", RotatePassword(ARN, found, users))
    return found


@pytest.fixture
def users() -> Users:
    return Users()


def ask(step: str, *, token: str = NEW, secret: str = ARN) -> Any:
    return lambda_handler({"Step": step, "SecretId": secret, "ClientRequestToken": token}, None)


def test_after_the_four_steps_the_database_and_the_secret_agree_on_another_password(
    versions: Versions, users: Users
) -> None:
    for step in STEPS:
        ask(step)
    assert users.password not in ("first", "")
    assert versions.texts[NEW] == {"username": "marquee", "password": users.password, "host": "db"}
    assert CURRENT in versions.marks[NEW]
    assert CURRENT not in versions.marks[OLD]


def test_each_step_may_come_twice(versions: Versions, users: Users) -> None:
    for step in STEPS:
        ask(step)
        ask(step)
    assert users.changes == 1
    assert versions.texts[NEW]["password"] == users.password


def test_a_database_that_is_away_leaves_the_secret_as_it_was(versions: Versions, users: Users) -> None:
    ask("createSecret")
    users.away = True
    with pytest.raises(TransientError):
        ask("setSecret")
    assert versions.marks[OLD] == {CURRENT}


def test_a_password_that_was_never_set_does_not_become_current(versions: Versions) -> None:
    ask("createSecret")
    with pytest.raises(PermanentError):
        ask("testSecret")
    assert versions.marks[OLD] == {CURRENT}


def test_another_secret_is_none_of_its_business(versions: Versions) -> None:
    with pytest.raises(PermanentError):
        ask("createSecret", secret=ARN.replace("database", "webhooks"))
    assert set(versions.texts) == {OLD}
