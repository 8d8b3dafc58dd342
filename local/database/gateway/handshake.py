"""What the gateway says of itself. It claims nothing it does not do.

It is a router in front of a store, and says so (`isdbgrid`): drivers then use sessions, retryable writes and
transactions as they would with a replica set, but look for no members.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from local.database.gateway.calls import Call
from local.database.gateway.wire import MAX_DOCUMENT_BYTES, MAX_MESSAGE_BYTES

_VERSION = (7, 0, 0, 0)  # the extension's language is MongoDB 7's
_MAX_WIRE_VERSION = 21
_MAX_WRITE_BATCH = 25_000  # documentdb.maxWriteBatchSize


def hello(call: Call) -> Mapping[str, Any]:
    """A driver's first question, and its heartbeat. No compressors, no exhaust stream: none is offered."""
    return {
        "helloOk": True,
        "ismaster": True,
        "isWritablePrimary": True,
        "msg": "isdbgrid",
        "maxBsonObjectSize": MAX_DOCUMENT_BYTES,
        "maxMessageSizeBytes": MAX_MESSAGE_BYTES,
        "maxWriteBatchSize": _MAX_WRITE_BATCH,
        "localTime": dt.datetime.now(dt.UTC),
        "logicalSessionTimeoutMinutes": 30,
        "connectionId": call.connection_id,
        "minWireVersion": 0,
        "maxWireVersion": _MAX_WIRE_VERSION,
        "readOnly": False,
        "ok": 1.0,
    }


def build_info() -> Mapping[str, Any]:
    """The version of MongoDB whose language is spoken."""
    return {
        "version": ".".join(map(str, _VERSION[:3])),
        "versionArray": list(_VERSION),
        "gitVersion": "documentdb",
        "modules": [],
        "bits": 64,
        "maxBsonObjectSize": MAX_DOCUMENT_BYTES,
        "ok": 1.0,
    }


def parameter(call: Call) -> Mapping[str, Any]:
    """The one parameter that tools ask for."""
    version = ".".join(map(str, _VERSION[:2]))
    wanted = call.target == "*" or "featureCompatibilityVersion" in call.command
    return {**({"featureCompatibilityVersion": {"version": version}} if wanted else {}), "ok": 1.0}


def connection_status() -> Mapping[str, Any]:
    """Nobody logs in here."""
    return {"authInfo": {"authenticatedUsers": [], "authenticatedUserRoles": []}, "ok": 1.0}
