"""Storage's notifications as they come through the queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import unquote_plus

from marquee.domain.pipeline import Source


def created_objects(body: str) -> Iterator[Source]:
    """Objects that one message says were created; storage's test message says none.

    Raises ValueError or KeyError for what is no notification: such a message goes to the dead letters.
    """
    message = json.loads(body)
    if message.get("Event") == "s3:TestEvent":
        return
    for record in message["Records"]:
        if record["eventName"].startswith("ObjectCreated:"):
            stored = record["s3"]["object"]
            yield Source(
                bucket=record["s3"]["bucket"]["name"],
                key=unquote_plus(stored["key"]),
                version_id=stored.get("versionId"),
            )
