"""Retryable writes: a write that a driver sends again is carried out once, and answered as the first time.

A write's reply is stored by the statement that carries it out, so both are there after a crash, or neither.
(The extension has such a memory, too, but it knows writes of one document only.)
"""

from __future__ import annotations

import psycopg

from local.database.gateway.calls import Call
from local.database.gateway.execution import Executor
from local.database.gateway.pool import Connection
from local.database.gateway.statements import fetch, run, select

_TABLE = "marquee_gateway.replies"
_CONSTRAINT = "replies_key"
_REMEMBER = f"INSERT INTO {_TABLE} (session, number, reply, success) {{write}} RETURNING reply, success"
_RECALL = f"SELECT reply, success FROM {_TABLE} WHERE session = %b AND number = %s"  # noqa: S608 - literals
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

    A numbered write is repeated here when PostgreSQL died under it: that is safe.
    """
    key = call.retry_key
    if key is None:
        plain = select("p_result::bytea, p_success", function)
        reply, success = executor.run(call, lambda connection: fetch(connection, plain, *arguments))
        return bytes(reply), bool(success)
    remembering = _REMEMBER.format(write=select("%b, %s, p_result::bytea, p_success", function))

    def work(connection: Connection) -> tuple[bytes, bool]:
        try:
            reply, success = fetch(connection, remembering, *key, *arguments)
        except psycopg.errors.UniqueViolation as error:  # undone as a whole: it was done before
            if error.diag.constraint_name != _CONSTRAINT:
                raise
            reply, success = fetch(connection, _RECALL, *key)
        return bytes(reply), bool(success)

    return executor.run(call, work, repeatable=True)
