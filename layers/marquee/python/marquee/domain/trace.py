"""W3C trace context: which call of somebody else's this work belongs to (https://www.w3.org/TR/trace-context/)."""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass

# Version 00 has exactly these fields; a later version may add some, which are left aside.
_TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


# AWS' own words for the same: `Root=1-{8 digits}-{24 digits};Parent={16 digits};Sampled=1`, parts in any order.
_ROOT = re.compile(r"(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})")
_PARENT = re.compile(r"(?:^|;)\s*Parent=([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class Trace:
    """`trace_id` 32, `parent_id` 16 and `flags` 2 hexadecimal digits."""

    trace_id: str
    parent_id: str
    flags: str

    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.parent_id}-{self.flags}"

    def header(self) -> str:
        """The same in AWS' own words (`X-Amzn-Trace-Id`), for what is begun on behalf of this call."""
        root = f"1-{self.trace_id[:8]}-{self.trace_id[8:]}"
        return f"Root={root};Parent={self.parent_id};Sampled={int(self.flags, 16) & 1}"


# The trace of the request being answered, where it has one.
current_trace: ContextVar[Trace | None] = ContextVar("current_trace", default=None)


def parse_traceparent(header: str) -> Trace | None:
    """The trace in a header; None when there is none, or it breaks the rules."""
    match = _TRACEPARENT.fullmatch(header.strip())
    if match is None or (match[1] == "00" and match[5]):
        return None
    trace = Trace(trace_id=match[2], parent_id=match[3], flags=match[4])
    return None if not trace.trace_id.strip("0") or not trace.parent_id.strip("0") else trace


def parse_amazon_trace(header: str) -> Trace | None:
    """The trace in an `X-Amzn-Trace-Id`; None without a root. Where no parent is named, the root's end stands for it:
    W3C's form needs one."""
    root, parent = _ROOT.search(header), _PARENT.search(header)
    if root is None:
        return None
    flags = "01" if "Sampled=1" in header else "00"
    return Trace(trace_id=root[1] + root[2], parent_id=parent[1] if parent else root[2][:16], flags=flags)
