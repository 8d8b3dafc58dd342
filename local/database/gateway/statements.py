"""The SQL that commands become: functions of the DocumentDB extension, called with BSON."""

from __future__ import annotations

from typing import Any, cast

from local.database.gateway.pool import Connection

BSON = "%b::bytea::documentdb_core.bson"
SEQUENCE = "%b::bytea::documentdb_core.bsonsequence"


def select(columns: str, function: str) -> str:
    """A query of one of the extension's functions; `{bson}` and `{sequence}` stand for such a parameter."""
    call = function.format(bson=BSON, sequence=SEQUENCE)
    return f"SELECT {columns} FROM {call}"  # noqa: S608 - every part is a literal of ours


def fetch(connection: Connection, statement: str, *arguments: object) -> tuple[Any, ...]:
    """Runs a statement that gives one row. BSON goes in and comes out as bytes."""
    cursor = connection.execute(cast("Any", statement), arguments, prepare=True, binary=True)
    row = cursor.fetchone()
    return row if row is not None else ()


def fetch_document(connection: Connection, statement: str, *arguments: object) -> bytes:
    """Runs a statement that gives one BSON document."""
    return cast("bytes", fetch(connection, statement, *arguments)[0])


def run(connection: Connection, statement: str, *arguments: object) -> None:
    """Runs a statement for its effect; without arguments it may be several."""
    connection.execute(cast("Any", statement), arguments or None, prepare=False)
