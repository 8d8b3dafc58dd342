"""Notifications: what was committed to the outbox is delivered, at least once, in order, also after a crash."""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from local.s3.store import S3Store
from local.s3.threads import in_thread

_LOG = logging.getLogger(__name__)
_FIRST_RETRY_SECONDS = 0.2
_MAX_RETRY_SECONDS = 10.0
_DELIVERY_SECONDS = 30.0

OnEvent = Callable[[str, dict[str, Any]], Awaitable[None]]
"""`await on_event(queue_arn, message)`; raising means it was not taken and is to be offered again."""


def build_message(event: Mapping[str, Any], region: str) -> dict[str, Any]:
    """The JSON S3 sends to a queue (event message structure 2.1)."""
    moment = datetime.fromtimestamp(event["time"], UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    entry: dict[str, Any] = {"key": quote_plus(event["key"], safe="/-_.*")}
    if "size" in event:
        entry |= {"size": event["size"], "eTag": event["etag"]}
    entry["sequencer"] = event["sequencer"]
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": region,
        "eventTime": moment,
        "eventName": event["name"],
        "userIdentity": {"principalId": "AWS:LOCAL"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": event["sequencer"], "x-amz-id-2": "local"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": event["rule_id"],
            "bucket": {
                "name": event["bucket"],
                "ownerIdentity": {"principalId": "LOCAL"},
                "arn": f"arn:aws:s3:::{event['bucket']}",
            },
            "object": entry,
        },
    }
    return {"Records": [record]}


class EventDispatcher:
    """Carries the store's outbox to `on_event`. Runs between `start` and `stop`."""

    def __init__(self, store: S3Store, region: str, on_event: OnEvent) -> None:
        self._store = store
        self._region = region
        self._on_event = on_event
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin with what an earlier process left undelivered."""
        self._loop = asyncio.get_running_loop()
        self._store.on_event(self._notify)
        self._wake.set()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    def _notify(self) -> None:
        """Called in the thread that committed."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            delay = _FIRST_RETRY_SECONDS
            while not await self._deliver_waiting():
                await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311  jitter, not a secret
                delay = min(delay * 2, _MAX_RETRY_SECONDS)

    async def _deliver_waiting(self) -> bool:
        """True when the outbox is empty, False when a delivery failed and is due again."""
        while rows := await in_thread(self._waiting):
            for number, queue_arn, event in rows:
                try:
                    async with asyncio.timeout(_DELIVERY_SECONDS):
                        await self._on_event(queue_arn, build_message(event, self._region))
                except Exception:
                    _LOG.exception("An S3 event could not be delivered to %s and stays in the outbox", queue_arn)
                    return False
                await in_thread(self._forget, number)
        return True

    def _waiting(self) -> list[tuple[int, str, dict[str, Any]]]:
        with self._store.index.read() as db:
            rows = db.execute("SELECT id, queue_arn, event FROM outbox ORDER BY id LIMIT 100").fetchall()
        return [(row["id"], row["queue_arn"], json.loads(row["event"])) for row in rows]

    def _forget(self, number: int) -> None:
        with self._store.index.write() as db:
            db.execute("DELETE FROM outbox WHERE id = ?", (number,))
