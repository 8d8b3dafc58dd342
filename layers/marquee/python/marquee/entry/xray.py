"""What this invocation was about, in its trace: one subsegment, sent to Lambda's own X-Ray daemon as one datagram.

AWS' SDK for this costs more to import than all else that a function has; the protocol is a line of JSON. Nothing is
waited for, and nothing raised: a trace that is lost is no failure.
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

HEADER = b'{"format":"json","version":1}\n'
MAX_BYTES = 60_000  # of a datagram
_NOT_IN_NAMES = re.compile(r"[^\w .:/%&#=+\-@]")
Annotation = str | int | float | bool


class Subsegment:
    """What will be said of it. `annotations` are what traces are searched by: `annotation.job_id = "job_…"`."""

    def __init__(self, name: str, annotations: Mapping[str, Annotation]) -> None:
        self.name = _NOT_IN_NAMES.sub("_", name)[:200]
        self.annotations: dict[str, Annotation] = {}
        self.said(annotations)
        self.fault = False
        self.started_at = time.time()

    def said(self, annotations: Mapping[str, Annotation]) -> None:
        """More of them; what is empty says nothing."""
        self.annotations |= {key: value for key, value in annotations.items() if value != ""}


@contextmanager
def subsegment(name: str, annotations: Mapping[str, Annotation]) -> Iterator[Subsegment]:
    """Around an invocation's work. Without a daemon, or where the trace is not sampled, it does nothing."""
    found = Subsegment(name, annotations)
    try:
        yield found
    except BaseException:
        found.fault = True
        raise
    finally:
        daemon, header = os.environ.get("AWS_XRAY_DAEMON_ADDRESS"), os.environ.get("_X_AMZN_TRACE_ID", "")
        if daemon and "Sampled=1" in header:
            # also a header or an address that is not as it should be
            with contextlib.suppress(OSError, ValueError, KeyError):
                _send(daemon, document(found, header, time.time()))


def annotations_of(about: Mapping[str, object]) -> dict[str, Annotation]:
    """What may be an annotation of the keys that a log line names."""
    return {name: value for name, value in about.items() if isinstance(value, str | int | float)}


def document(said: Subsegment, header: str, ended_at: float) -> dict[str, object]:
    """The subsegment as X-Ray reads it; raises KeyError without root or parent in the header."""
    parts = dict(part.split("=", 1) for part in header.split(";") if "=" in part)
    return {
        "type": "subsegment",
        "name": said.name,
        "id": secrets.token_hex(8),
        "trace_id": parts["Root"],
        "parent_id": parts["Parent"],
        "start_time": said.started_at,
        "end_time": ended_at,
        "fault": said.fault,
        "annotations": said.annotations,
    }


def _send(daemon: str, found: Mapping[str, object]) -> None:
    host, _, port = daemon.rpartition(":")
    body = HEADER + json.dumps(found).encode()
    if len(body) <= MAX_BYTES:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(body, (host, int(port)))
