"""W3C trace context: which call of somebody else's this work belongs to (https://www.w3.org/TR/trace-context/)."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass

# Version 00 has exactly these fields; a later version may add some, which are left aside.
_TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class Trace:
    """`trace_id` 32, `parent_id` 16 and `flags` 2 hexadecimal digits."""

    trace_id: str
    parent_id: str
    flags: str

    def onward(self) -> str:
        """Header `traceparent` of a call that is made for this one: the same trace, a span of its own."""
        return f"00-{self.trace_id}-{secrets.token_hex(8)}-{self.flags}"


# The trace of the request being answered; adapters send `onward()` with what they ask of others for it.
current_trace: ContextVar[Trace | None] = ContextVar("current_trace", default=None)


def parse_traceparent(header: str) -> Trace | None:
    """The trace in a header; None when there is none, or it breaks the rules."""
    match = _TRACEPARENT.fullmatch(header.strip())
    if match is None or (match[1] == "00" and match[5]):
        return None
    trace = Trace(trace_id=match[2], parent_id=match[3], flags=match[4])
    return None if not trace.trace_id.strip("0") or not trace.parent_id.strip("0") else trace
