"""Sources that have arrived, as the ingest queue tells of them: by storage's notifications or by our own messages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

from marquee.domain.messages import VideoUploaded, read_message
from marquee.domain.pipeline import Source


def arrived_sources(body: str) -> Iterator[Source]:
    """Objects that one message says were created; storage's test message says none.

    Raises `UnknownSchema` and `InvalidRequest` for a message that cannot be read, ValueError or KeyError for what
    is neither a message nor a notification.
    """
    given = json.loads(body)
    if "schema" in given or "detail-type" in given:
        yield read_message(body, "video.uploaded", VideoUploaded).source
    elif given.get("Event") != "s3:TestEvent":
        yield from _created_objects(given)


def _created_objects(message: Mapping[str, Any]) -> Iterator[Source]:
    for record in message["Records"]:
        if record["eventName"].startswith("ObjectCreated:"):
            stored = record["s3"]["object"]
            yield Source(
                bucket=record["s3"]["bucket"]["name"],
                key=unquote_plus(stored["key"]),
                version_id=stored.get("versionId"),
            )
