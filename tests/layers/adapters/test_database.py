"""The connection: what is tried again, what is told, what the secret says."""

import pytest
from marquee.adapters.database import ATTEMPTS, MOVED_AFTER, Database, uri_of
from marquee.domain.errors import TransientError
from pymongo.errors import AutoReconnect, DuplicateKeyError, OperationFailure, ServerSelectionTimeoutError


class Flaky:
    """An operation that fails so often with the given error."""

    def __init__(self, error: Exception, times: int) -> None:
        self.calls = 0
        self._error, self._times = error, times

    def __call__(self, _: object) -> str:
        self.calls += 1
        if self.calls <= self._times:
            raise self._error
        return "done"


def database(pauses: list[float]) -> Database:
    # Nothing connects before something is asked; nothing is asked here.
    return Database(lambda: "mongodb://127.0.0.1:1", "marquee", sleep=pauses.append)


def test_a_lost_connection_is_tried_again_with_pauses_under_a_cap() -> None:
    pauses: list[float] = []
    target = database(pauses)
    flaky = Flaky(AutoReconnect("lost"), ATTEMPTS - 1)

    assert target.run("jobs", flaky) == "done"
    assert len(pauses) == ATTEMPTS - 1
    assert all(0 <= pause <= 1 for pause in pauses)
    target.close()


@pytest.mark.parametrize(
    ("error", "calls"), [(AutoReconnect("lost"), ATTEMPTS), (ServerSelectionTimeoutError("nobody"), 1)]
)
def test_a_database_that_stays_away_is_transient(error: Exception, calls: int) -> None:
    target, flaky = database([]), Flaky(error, 99)
    with pytest.raises(TransientError):
        target.run("jobs", flaky)

    assert flaky.calls == calls
    target.close()


@pytest.mark.parametrize(
    ("error", "uses"), [(OperationFailure("auth", 18), 1), (ServerSelectionTimeoutError("nobody"), MOVED_AFTER)]
)
def test_a_changed_password_and_a_moved_database_are_read_of_again(error: Exception, uses: int) -> None:
    reads: list[str] = []

    def read() -> str:
        reads.append("read")
        return "mongodb://127.0.0.1:1"

    target = Database(read, "marquee")
    for _ in range(uses):
        assert len(reads) <= 1
        with pytest.raises(TransientError):
            target.run("jobs", Flaky(error, 1))
    target.run("jobs", Flaky(DuplicateKeyError("no"), 0))

    assert len(reads) == 2
    target.close()


@pytest.mark.parametrize(
    ("secret", "uri"),
    [
        ({"uri": "mongodb://db:27017/?x=1"}, "mongodb://db:27017/?x=1"),
        (
            {"username": "me", "password": "p@s/s", "host": "db.local", "port": 27018},
            "mongodb://me:p%40s%2Fs@db.local:27018/?tls=true&replicaSet=rs0&retryWrites=false",
        ),
    ],
)
def test_the_secret_is_an_address_or_what_one_is_made_of(secret: dict[str, object], uri: str) -> None:
    assert uri_of(secret) == uri


@pytest.mark.contract
def test_a_living_database_answers(shared_database: Database) -> None:
    shared_database.ping()
