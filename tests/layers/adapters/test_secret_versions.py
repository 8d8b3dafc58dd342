"""A secret's versions on moto's Secrets Manager, and who is let in on a real database."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import boto3
import pytest
from marquee.adapters.secret_versions import DatabaseUsers, SecretVersionsOf
from marquee.adapters.secrets import read_secret
from marquee.domain.errors import TransientError
from marquee.domain.passwords import CURRENT, PENDING
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

pytestmark = pytest.mark.contract


@pytest.fixture
def secret(aws: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    aws.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    client = boto3.session.Session().client("secretsmanager")
    yield client.create_secret(Name=f"database-{uuid.uuid4()}", SecretString=json.dumps({"password": "first"}))["ARN"]
    server.stop()


def test_what_is_pending_is_read_by_nobody_until_it_is_current(secret: str) -> None:
    versions, token = SecretVersionsOf(secret), str(uuid.uuid4())
    (old,) = versions.stages()
    versions.write_pending(token, {"password": "second"})
    assert versions.stages()[token] == {PENDING}
    assert json.loads(read_secret(secret)) == versions.read(old) == {"password": "first"}
    versions.make_current(token, instead_of=old)
    assert [t for t, marks in versions.stages().items() if CURRENT in marks] == [token]
    assert versions.read(token) == {"password": "second"}


def test_a_database_lets_in_whom_its_address_names(database_uri: str) -> None:
    assert DatabaseUsers().opens({"uri": database_uri})


def test_a_database_that_is_not_there_says_nothing_about_a_password(free_port: int) -> None:
    with pytest.raises(TransientError):
        DatabaseUsers().opens({"uri": f"mongodb://127.0.0.1:{free_port}/?serverSelectionTimeoutMS=200"})
