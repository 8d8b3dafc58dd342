"""createIndexes and dropIndexes.

The extension queues an index for a job that looks every two seconds. We call what that job calls at once, and
answer when the index is there; when all are there already, that is known from the first call.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from typing import Any

from bson import decode

from local.database.gateway.calls import Call
from local.database.gateway.errors import CommandError, unpack_code
from local.database.gateway.execution import Executor
from local.database.gateway.pool import Connection
from local.database.gateway.statements import BSON, fetch, fetch_document, run, select

_CANNOT_CREATE_INDEX, _NOT_IN_TRANSACTION, _TIME_LIMIT_EXCEEDED = 67, 263, 262
_BUILD_SECONDS = 300.0
_LONGEST_PAUSE_SECONDS = 0.5
_CREATE = select("retval::bytea, ok, requests::bytea", "documentdb_api.create_indexes_background(%s, {bson})")
_STATUS = select("retval::bytea, ok, complete", "documentdb_api_internal.check_build_index_status({bson})")
_building = threading.Lock()


def create_indexes(executor: Executor, call: Call) -> dict[str, Any]:
    """Creates the indexes that are missing and waits until they serve."""
    if call.in_transaction:
        raise CommandError(_NOT_IN_TRANSACTION, "indexes cannot be created in a transaction")

    def work(connection: Connection) -> dict[str, Any]:
        reply, ok, requests = fetch(
            connection,
            _CREATE,
            call.database,
            call.body,
        )
        if ok and requests is not None and decode(requests):
            _build(connection, requests)
        return flatten(decode(reply))

    # asked twice, it finds the first one's work done
    return executor.run(call, work, repeatable=True)


def _build(connection: Connection, requests: bytes) -> None:
    until = time.monotonic() + _BUILD_SECONDS
    pause = 0.01
    while time.monotonic() < until:
        with _building:
            run(connection, "CALL documentdb_api_internal.build_index_concurrently(1)")
        reply, _, complete = fetch(
            connection,
            _STATUS,
            requests,
        )
        flatten(decode(reply))  # raises when the build failed
        if complete:
            return
        # another one's index is being built first, or an attempt failed and is due again
        time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
    raise CommandError(_TIME_LIMIT_EXCEEDED, f"an index was not built within {_BUILD_SECONDS:.0f} s")


def flatten(reply: Mapping[str, Any]) -> dict[str, Any]:
    """One server's answer out of the extension's answer by shard. Raises CommandError when a shard failed."""
    result = {key: value for key, value in reply.items() if key != "raw"}
    for shard in reply.get("raw", {}).values():
        if not shard.get("ok"):
            code = unpack_code(int(shard.get("code", _CANNOT_CREATE_INDEX)))
            raise CommandError(code, str(shard.get("errmsg", "the index could not be created")))
        result = {**shard, **result}
    return result


def drop_indexes(executor: Executor, call: Call) -> bytes:
    """Drops indexes by name, by key or all."""

    def work(connection: Connection) -> bytes:
        return fetch_document(connection, f"CALL documentdb_api.drop_indexes(%s, {BSON})", call.database, call.body)

    return executor.run(call, work)
