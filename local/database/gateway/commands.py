"""The commands this gateway knows, by their name in lower case, and what each becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bson import decode, encode

from local.database.gateway import handshake, indexes, retries
from local.database.gateway.calls import Call
from local.database.gateway.cursors import Cursors
from local.database.gateway.errors import CommandError, unpack_code
from local.database.gateway.execution import Executor
from local.database.gateway.pool import Connection
from local.database.gateway.statements import fetch, fetch_document, select

Reply: TypeAlias = bytes | Mapping[str, Any]
_BAD_VALUE, _NAMESPACE_NOT_FOUND, _COMMAND_NOT_FOUND, _IN_TRANSACTION = 2, 26, 59, 263
_OK: Mapping[str, Any] = {"ok": 1.0}


class Commands:
    """Carries commands out. One object serves all connections."""

    def __init__(self, executor: Executor, cursors: Cursors) -> None:
        self._executor = executor
        self._cursors = cursors
        self._transactions = executor.transactions

    def handle(self, call: Call) -> Reply:
        """The reply to a command. Raises CommandError, ConnectionLost or a psycopg error."""
        handler = _TABLE.get(call.name)
        if handler is None:
            raise CommandError(_COMMAND_NOT_FOUND, f"no such command: {next(iter(call.command))}")
        return handler(self, call)

    # reading

    def find(self, call: Call) -> Reply:
        return self._cursors.first_page(call, "find_cursor_first_page")

    def aggregate(self, call: Call) -> Reply:
        pipeline = call.command.get("pipeline", [])
        writes = any("$out" in stage or "$merge" in stage for stage in pipeline)
        return self._cursors.first_page(call, "aggregate_cursor_first_page", repeatable=not writes)

    def list_collections(self, call: Call) -> Reply:
        return self._cursors.first_page(call, "list_collections_cursor_first_page")

    def list_indexes(self, call: Call) -> Reply:
        return self._cursors.first_page(call, "list_indexes_cursor_first_page")

    def get_more(self, call: Call) -> Reply:
        return self._cursors.next_page(call)

    def kill_cursors(self, call: Call) -> Reply:
        return self._cursors.kill(call)

    def count(self, call: Call) -> Reply:
        return self._read(call, "count_query(%s, {bson})", call.database, call.body)

    def distinct(self, call: Call) -> Reply:
        return self._read(call, "distinct_query(%s, {bson})", call.database, call.body)

    def validate(self, call: Call) -> Reply:
        return self._read(call, "validate(%s, {bson})", call.database, call.body)

    def list_databases(self, call: Call) -> Reply:
        return self._read(call, "list_databases({bson})", call.body)

    def collection_stats(self, call: Call) -> Reply:
        return self._read(call, "coll_stats(%s, %s)", call.database, _text(call.target))

    def database_stats(self, call: Call) -> Reply:
        return self._read(call, "db_stats(%s)", call.database)

    # writing

    def insert(self, call: Call) -> Reply:
        return self._write(call, "insert", "documents")

    def update(self, call: Call) -> Reply:
        return self._write(call, "update", "updates")

    def delete(self, call: Call) -> Reply:
        return self._write(call, "delete", "deletes")

    def find_and_modify(self, call: Call) -> Reply:
        function = "documentdb_api.find_and_modify(%s, {bson})"
        reply, _ = retries.write(self._executor, call, function, call.database, call.body)
        return reply

    # collections and indexes

    def create(self, call: Call) -> Reply:
        return self._change(call, "create_collection_view(%s, {bson})", call.database, call.body)

    def modify_collection(self, call: Call) -> Reply:
        name = _text(call.target)
        return self._change(call, "coll_mod(%s, %s, {bson})", call.database, name, call.body)

    def rename_collection(self, call: Call) -> Reply:
        return self._change(call, "rename_collection({bson})", call.body)

    def drop(self, call: Call) -> Reply:
        name = _text(call.target)
        statement = "SELECT documentdb_api.drop_collection(%s, %s)"

        def work(connection: Connection) -> bool:
            return bool(fetch(connection, statement, call.database, name)[0])

        if not self._executor.run(call, work):
            raise CommandError(_NAMESPACE_NOT_FOUND, "ns not found")
        return {"ns": f"{call.database}.{name}", "ok": 1.0}

    def drop_database(self, call: Call) -> Reply:
        statement = "SELECT documentdb_api.drop_database(%s)"
        self._executor.run(call, lambda connection: fetch(connection, statement, call.database))
        return {"dropped": call.database, "ok": 1.0}

    def create_indexes(self, call: Call) -> Reply:
        return indexes.create_indexes(self._executor, call)

    def drop_indexes(self, call: Call) -> Reply:
        return indexes.drop_indexes(self._executor, call)

    # sessions

    def commit_transaction(self, call: Call) -> Reply:
        self._transactions.commit(call)
        return _OK

    def abort_transaction(self, call: Call) -> Reply:
        self._transactions.abort(call)
        return _OK

    def end_sessions(self, call: Call) -> Reply:
        sessions = {bytes(session["id"]) for session in call.target}
        self._transactions.end_sessions(sessions)
        self._cursors.end_sessions(sessions)
        return _OK

    # about the server

    def hello(self, call: Call) -> Reply:
        return handshake.hello(call)

    def build_info(self, call: Call) -> Reply:
        return handshake.build_info()

    def parameter(self, call: Call) -> Reply:
        return handshake.parameter(call)

    def connection_status(self, call: Call) -> Reply:
        return handshake.connection_status()

    def acknowledge(self, call: Call) -> Reply:
        return _OK

    def _read(self, call: Call, function: str, *arguments: object) -> bytes:
        statement = select("r::bytea", f"documentdb_api.{function} AS r")
        return self._executor.run(
            call, lambda connection: fetch_document(connection, statement, *arguments), repeatable=True
        )

    def _change(self, call: Call, function: str, *arguments: object) -> Reply:
        statement = select("r::bytea", f"documentdb_api.{function} AS r")
        reply = self._executor.run(call, lambda connection: fetch_document(connection, statement, *arguments))
        return reply or _OK

    def _write(self, call: Call, function: str, argument: str) -> Reply:
        documents = call.sequences.get(argument)
        statement = f"documentdb_api.{function}(%s, {{bson}}, {{sequence}})"
        reply, success = retries.write(self._executor, call, statement, call.database, call.body, documents)
        if success:
            return reply
        if call.in_transaction:  # any error ends a transaction, also one that the extension survives
            self._transactions.abort(call)
        return with_known_codes(decode(reply))


def with_known_codes(reply: dict[str, Any]) -> dict[str, Any]:
    """A write's reply in which the extension's error codes are MongoDB's."""
    for error in reply.get("writeErrors", []):
        error["code"] = unpack_code(int(error["code"]))
    return reply


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise CommandError(_BAD_VALUE, "the collection's name must be a string")
    return value


_TABLE: Mapping[str, Callable[[Commands, Call], Reply]] = {
    "aborttransaction": Commands.abort_transaction,
    "aggregate": Commands.aggregate,
    "buildinfo": Commands.build_info,
    "collmod": Commands.modify_collection,
    "collstats": Commands.collection_stats,
    "committransaction": Commands.commit_transaction,
    "connectionstatus": Commands.connection_status,
    "count": Commands.count,
    "create": Commands.create,
    "createindexes": Commands.create_indexes,
    "dbstats": Commands.database_stats,
    "delete": Commands.delete,
    "distinct": Commands.distinct,
    "drop": Commands.drop,
    "dropdatabase": Commands.drop_database,
    "dropindexes": Commands.drop_indexes,
    "endsessions": Commands.end_sessions,
    "find": Commands.find,
    "findandmodify": Commands.find_and_modify,
    "getmore": Commands.get_more,
    "getparameter": Commands.parameter,
    "hello": Commands.hello,
    "insert": Commands.insert,
    "ismaster": Commands.hello,
    "killcursors": Commands.kill_cursors,
    "killsessions": Commands.end_sessions,
    "listcollections": Commands.list_collections,
    "listdatabases": Commands.list_databases,
    "listindexes": Commands.list_indexes,
    "ping": Commands.acknowledge,
    "refreshsessions": Commands.acknowledge,
    "renamecollection": Commands.rename_collection,
    "update": Commands.update,
    "validate": Commands.validate,
}


def to_bytes(reply: Reply) -> bytes:
    """A reply as BSON."""
    return reply if isinstance(reply, bytes) else encode(reply)
