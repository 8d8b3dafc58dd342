"""The connection to the database: DocumentDB, or whatever speaks MongoDB's protocol."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote_plus

from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import (
    ConnectionFailure,
    ExecutionTimeout,
    OperationFailure,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)

from marquee.adapters.secrets import read_secret
from marquee.domain.errors import TransientError

SERVER_SELECTION_TIMEOUT_MS = 3_000
CONNECT_TIMEOUT_MS = 2_000
SOCKET_TIMEOUT_MS = 10_000
MAX_POOL_SIZE = 4  # a Lambda process serves one request at a time

ATTEMPTS = 3
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 1.0

MOVED_AFTER = 3  # uses in a row that found nobody

_AUTHENTICATION_FAILED = 18

Document = dict[str, Any]
Result = TypeVar("Result")


class Database:
    """One client a process, made at first use. `read_uri` gives the address with its password."""

    def __init__(self, read_uri: Callable[[], str], name: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._read_uri = read_uri
        self._name = name
        self._sleep = sleep
        self._client: MongoClient[Document] | None = None
        self._missed = 0

    def collection(self, name: str) -> Collection[Document]:
        if self._client is None:
            self._client = connect(self._read_uri())
        return self._client[self._name][name]

    def run(self, collection: str, operation: Callable[[Collection[Document]], Result]) -> Result:
        """Run an operation that may be run twice; a lost connection is tried again a little.

        What a broken connection leaves open is whether the first try was done: compare-and-set makes the
        second one find that out.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                result = operation(self.collection(collection))
                self._missed = 0
                return result
            except ServerSelectionTimeoutError as error:
                self._nobody_was_there()
                raise TransientError("The database cannot be reached.") from error
            except (WaitQueueTimeoutError, ExecutionTimeout) as error:
                # Waited long enough already.
                raise TransientError("The database cannot be reached.") from error
            except ConnectionFailure as error:
                if attempt == ATTEMPTS:
                    raise TransientError("The database cannot be reached.") from error
                self._sleep(_pause(attempt))
            except OperationFailure as error:
                if error.code != _AUTHENTICATION_FAILED:
                    raise
                self.close()  # the password was changed: the next use reads the secret again
                raise TransientError("The database's password has changed.") from error
        raise AssertionError("unreachable")

    def _nobody_was_there(self) -> None:
        """It is away for a moment, or it has moved: then the next use reads the secret again."""
        self._missed += 1
        if self._missed == MOVED_AFTER:
            self._missed = 0
            self.close()

    def ping(self) -> None:
        """Raises `TransientError` when the database is away."""
        self.run("jobs", lambda jobs: jobs.database.command("ping"))

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def connect(uri: str) -> MongoClient[Document]:
    return MongoClient(
        uri,
        # DocumentDB before 8 has no retryable writes; ours are compare-and-set and retried by `run`.
        retryWrites=False,
        tz_aware=True,
        serverSelectionTimeoutMS=SERVER_SELECTION_TIMEOUT_MS,
        connectTimeoutMS=CONNECT_TIMEOUT_MS,
        socketTimeoutMS=SOCKET_TIMEOUT_MS,
        waitQueueTimeoutMS=SERVER_SELECTION_TIMEOUT_MS,
        maxPoolSize=MAX_POOL_SIZE,
        appname="marquee",
    )


def secret_uri(secret_arn: str) -> str:
    """The database's address from Secrets Manager."""
    return uri_of(json.loads(read_secret(secret_arn)))


def uri_of(secret: dict[str, Any]) -> str:
    """A MongoDB URI from `{"uri"}` or from what DocumentDB's secret holds (`username, password, host, port`)."""
    if "uri" in secret:
        return str(secret["uri"])
    user, password = quote_plus(str(secret["username"])), quote_plus(str(secret["password"]))
    options = "tls=true&replicaSet=rs0&retryWrites=false"
    if "tls_ca_file" in secret:
        options += f"&tlsCAFile={quote_plus(str(secret['tls_ca_file']))}"
    return f"mongodb://{user}:{password}@{secret['host']}:{secret.get('port', 27017)}/?{options}"


def _pause(attempt: int) -> float:
    """Full jitter under a doubling cap."""
    return random.uniform(0, min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt))  # noqa: S311
