"""The contract of `Accounts`, on the fake and on Cognito as moto answers it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from marquee.adapters.accounts import CognitoAccounts
from marquee.domain.accounts import Accounts
from marquee.domain.errors import TransientError
from moto.server import ThreadedMotoServer

from tests.fakes_accounts import MemoryAccounts
from tests.layers.adapters.conftest import REGION

pytestmark = pytest.mark.contract
Made = tuple[Accounts, str, str]


@pytest.fixture
def cognito(aws: pytest.MonkeyPatch) -> Iterator[Any]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    yield boto3.client("cognito-idp", region_name=REGION)
    server.stop()


@pytest.fixture(params=["memory", "cognito"])
def made(request: pytest.FixtureRequest) -> Made:
    """Accounts with one person in them: his subject and his address."""
    email = f"{uuid.uuid4().hex}@people.example"
    if request.param == "memory":
        subject = str(uuid.uuid4())
        return MemoryAccounts(**{subject: email}), subject, email
    client = request.getfixturevalue("cognito")
    pool = client.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
    attributes = client.admin_create_user(UserPoolId=pool, Username=email)["User"]["Attributes"]
    subject = next(item["Value"] for item in attributes if item["Name"] == "sub")
    return CognitoAccounts(pool), subject, email


def test_an_account_is_found_by_its_subject(made: Made) -> None:
    accounts, subject, email = made
    found = accounts.attributes(subject)
    assert found is not None
    assert found["attributes"]["email"] == email
    assert found["created_at"].endswith("Z")


def test_a_deleted_account_is_gone_and_can_be_deleted_again(made: Made) -> None:
    accounts, subject, _ = made
    accounts.delete(subject)
    accounts.delete(subject)
    assert accounts.attributes(subject) is None


@pytest.mark.parametrize("subject", ["nobody", 'x" or sub ^= "', ""])
def test_nobody_else_is_found(made: Made, subject: str) -> None:
    assert made[0].attributes(subject) is None


def test_a_provider_that_is_away_may_be_asked_later(aws: pytest.MonkeyPatch) -> None:
    aws.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(TransientError):
        CognitoAccounts("pool").attributes("ann")
