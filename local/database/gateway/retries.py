"""Retryable writes: a write that a driver sends again is carried out once, and answered as the first time.

A write's reply is stored by the statement that carries it out, so both are there after a crash, or neither.
(The extension has such a memory, too, but it knows writes of one document only.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from bson import decode

from local.database.gateway.calls import Call
from local.database.gateway.errors import nothing_but_conflicts
from local.database.gateway.execution import Executor
from local.database.gateway.pool import Connection
from local.database.gateway.statements import fetch, run, select

_TABLE = "marquee_gateway.replies"
_CONSTRAINT = "replies_key"
_REMEMBER = f"INSERT INTO {_TABLE} (session, number, reply, success) {{write}} RETURNING reply, success"
_RECALL = f"SELECT reply, success FROM {_TABLE} WHERE session = %b AND number = %s"  # noqa: S608 - literals
_UNSAY = f"DELETE FROM {_TABLE} WHERE session = %b AND number = %s"  # noqa: S608 - literals
# drivers give up long before: a session lives for 30 minutes
_FORGET = f"DELETE FROM {_TABLE} WHERE at < now() - interval '1 hour'"  # noqa: S608 - literals


def prepare_memory(connection: Connection) -> None:
    """Makes the table of replies."""
    run(
        connection,
        f"""
        CREATE SCHEMA IF NOT EXISTS marquee_gateway;
        CREATE TABLE IF NOT EXISTS {_TABLE} (
            session bytea NOT NULL,
            number bigint NOT NULL,
            reply bytea NOT NULL,
            success boolean NOT NULL,
            at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT {_CONSTRAINT} PRIMARY KEY (session, number)
        )
        """,
    )


def forget_old_replies(connection: Connection) -> None:
    """Deletes what no driver will ask for again."""
    run(connection, _FORGET)


def write(executor: Executor, call: Call, function: str, *arguments: object) -> tuple[bytes, bool]:
    """Runs one of the extension's writing functions; returns its reply and whether all went well.

    A numbered write is repeated here when PostgreSQL died under it: that is safe. Any write that others only were in
    the way of is repeated, too, as MongoDB does: the extension survives a deadlock and tells it as a document's error.
    """
    key = call.retry_key
    if key is None:
        plain = select("p_result::bytea, p_success", function)
        return executor.run(call, lambda connection: _checked(fetch(connection, plain, *arguments)))
    remembering = _REMEMBER.format(write=select("%b, %s, p_result::bytea, p_success", function))

    def work(connection: Connection) -> tuple[bytes, bool]:
        try:
            reply, success = fetch(connection, remembering, *key, *arguments)
        except psycopg.errors.UniqueViolation as error:  # undone as a whole: it was done before
            if error.diag.constraint_name != _CONSTRAINT:
                raise
            reply, success = fetch(connection, _RECALL, *key)
        try:
            return _checked((reply, success))
        except psycopg.errors.DeadlockDetected:
            run(connection, _UNSAY, *key)
            raise

    return executor.run(call, work, repeatable=True)


def _checked(answer: Sequence[Any]) -> tuple[bytes, bool]:
    """Raises DeadlockDetected where nothing but others' writes was in the way."""
    reply, success = bytes(answer[0]), bool(answer[1])
    if not success and nothing_but_conflicts(decode(reply)):
        raise psycopg.errors.DeadlockDetected("others write the same documents all the time")
    return reply, success
