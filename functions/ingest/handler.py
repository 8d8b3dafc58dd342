"""Trigger: the ingest queue, storage's events. Effect: the job of an uploaded source runs, exactly once."""

from marquee.domain.errors import PermanentError
from marquee.entry.queue import queue_handler
from marquee.entry.storage_events import arrived_sources

from ingest.wiring import wiring


def ingest_message(body: str) -> None:
    """Each object that one message tells of."""
    for source in arrived_sources(body):
        wiring.ingest_upload(source)


def set_aside(body: str, reason: PermanentError) -> None:
    """What no release like this one can read waits for people, or for another release."""
    wiring.dead_letters.put(body, reason)


lambda_handler = queue_handler(ingest_message, set_aside)
