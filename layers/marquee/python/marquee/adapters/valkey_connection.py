"""The connection to Valkey, one a process, with our timeouts: nobody waits long for a cache."""

from __future__ import annotations

import valkey
from valkey.backoff import NoBackoff
from valkey.retry import Retry

TIMEOUT_SECONDS = 0.5


def connect(endpoint: str, *, tls: bool) -> valkey.Valkey:
    """A client of `endpoint`, `host:port`; answers are text. It connects when it is first used."""
    host, _, port = endpoint.rpartition(":")
    return valkey.Valkey(
        host=host,
        port=int(port),
        ssl=tls,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        # One more try, at once: a warm process finds its connection closed by a server that restarted.
        retry=Retry(NoBackoff(), 1),
        decode_responses=True,
    )
