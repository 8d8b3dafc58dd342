"""The pool and what rests on it when a connection dies at the worst moment."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

import bson
import psycopg
import pymongo
import pytest

from local.database.gateway import statements
from local.database.gateway.calls import Call
from local.database.gateway.errors import CommandError, ConnectionLost, Unreachable
from local.database.gateway.pool import Connection, Pool, connector
from local.database.gateway.sessions import Transactions
from local.database.postgres import Layout

ONE = "SELECT 1"


@pytest.fixture
def pool(client: pymongo.MongoClient[dict[str, Any]], layout: Layout) -> Iterator[Pool]:
    pool = Pool(connector(layout.conninfo), size=2, wait_seconds=0.2)
    yield pool
    pool.close()


def kill(victim: Connection, layout: Layout) -> None:
    """Ends a connection from the server's side."""
    with psycopg.connect(layout.conninfo, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (victim.info.backend_pid,))


def backend(pool: Pool) -> int:
    with pool.connection() as connection:
        return connection.info.backend_pid


def test_a_connection_is_used_again(pool: Pool) -> None:
    assert backend(pool) == backend(pool)


def test_one_that_died_while_idle_is_never_handed_out(pool: Pool, layout: Layout) -> None:
    with pool.connection() as connection:
        first = connection
    kill(first, layout)
    with pool.connection() as connection:
        assert statements.fetch(connection, ONE) == (1,)
        assert connection is not first


def test_one_that_dies_under_a_statement_is_told_apart_from_an_error(pool: Pool, layout: Layout) -> None:
    with pytest.raises(ConnectionLost), pool.connection() as connection:
        _work_under_which_it_dies(connection, layout)
    with pytest.raises(psycopg.errors.DivisionByZero), pool.connection() as connection:
        statements.fetch(connection, "SELECT 1/0")
    assert backend(pool)


def _work_under_which_it_dies(connection: Connection, layout: Layout) -> None:
    kill(connection, layout)
    statements.fetch(connection, ONE)


def test_who_comes_when_all_are_in_use_is_told(pool: Pool) -> None:
    with (
        pool.connection(),
        pool.connection(),
        pytest.raises(CommandError, match="in use"),
        pool.connection(),
    ):
        pass
    assert backend(pool)


def test_an_absent_server_is_told_after_a_while(tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = connector(f"host={tmp_path_factory.mktemp('empty')}")
    with (
        pytest.raises(Unreachable),
        Pool(nowhere, size=1, wait_seconds=0.1).connection(),
    ):
        pass


class DiesAtCommit:
    """A connection whose server dies around a COMMIT: before it is carried out, or after."""

    def __init__(self, real: Connection, layout: Layout, *, carried_out: bool) -> None:
        self._real = real
        self._layout = layout
        self._carried_out = carried_out

    def execute(self, statement: str, *arguments: Any, **options: Any) -> Any:
        if statement == "COMMIT":
            if self._carried_out:
                self._real.execute(statement)
            kill(self._real, self._layout)
            statement = ONE
        return self._real.execute(statement, *arguments, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def call(name: str, session: bytes, **fields: Any) -> Call:
    command = {name: 1, "lsid": {"id": session}, "txnNumber": 1, "autocommit": False, **fields}
    return Call(name.lower(), command, b"", {}, "admin", connection_id=1)


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_commit_in_doubt_is_settled_by_asking_afterwards(
    client: pymongo.MongoClient[dict[str, Any]], layout: Layout, carried_out: bool
) -> None:
    open_real = connector(layout.conninfo)
    first: list[Any] = [DiesAtCommit(open_real(), layout, carried_out=carried_out)]
    pool = Pool(lambda: first.pop() if first else open_real(), size=3)
    transactions = Transactions(pool)
    session = uuid.uuid4().bytes
    database, document = f"test_{session.hex()[:12]}", bson.encode({"_id": 1})
    insert = "SELECT documentdb_api.insert_one(%s, 'things', %b::bytea::documentdb_core.bson)::bytea"
    client[database].create_collection("things")

    begin = call("insert", session, startTransaction=True)
    transactions.run(begin, partial(_fetch, insert, database, document))
    try:
        if carried_out:
            transactions.commit(call("commitTransaction", session))
            transactions.commit(call("commitTransaction", session))
        else:
            with pytest.raises(CommandError) as caught:
                transactions.commit(call("commitTransaction", session))
            assert caught.value.code == 251
        assert client[database].things.count_documents({}) == int(carried_out)
    finally:
        pool.close()
        client.drop_database(database)


def _fetch(statement: str, database: str, document: bytes, connection: Connection) -> object:
    return statements.fetch(connection, statement, database, document)
