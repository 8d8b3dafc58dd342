"""Trigger: the ingest queue, storage's events. Effect: the job of an uploaded source runs, exactly once."""

from marquee.entry.queue import queue_handler
from marquee.entry.storage_events import created_objects

from ingest.wiring import wiring


def ingest_message(body: str) -> None:
    """Each object that one message tells of."""
    for source in created_objects(body):
        wiring.ingest_upload(source)


lambda_handler = queue_handler(ingest_message)
