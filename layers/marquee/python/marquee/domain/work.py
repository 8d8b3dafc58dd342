"""What is being worked on, so that every log line names it: whoever reads one finds all others of the same work."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar

from marquee.domain.model import Model
from marquee.domain.trace import current_trace, parse_traceparent

_NOTHING: Mapping[str, str] = {}
_work: ContextVar[Mapping[str, str]] = ContextVar("work", default=_NOTHING)
# The id of the request being answered; empty where nobody asked.
current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
# Who asks, as `domain.identity.Principal.subject`; None where nobody did, or without a token.
current_subject: ContextVar[str | None] = ContextVar("current_subject", default=None)


class Cause(Model):
    """The call that a job goes back to. It travels with all that is done for the job.

    `trace`: as in a `traceparent` header; what is not known is empty.
    """

    upload_id: str = ""
    request_id: str = ""
    trace: str = ""

    def log_keys(self) -> dict[str, str]:
        """By which log lines name it."""
        trace = parse_traceparent(self.trace)
        return {
            "upload_id": self.upload_id,
            "request_id": self.request_id,
            "trace_id": trace.trace_id if trace else "",
        }

    @classmethod
    def of_this_call(cls, upload_id: str) -> Cause:
        """Of the request that is being answered right now."""
        trace = current_trace.get()
        return cls(
            upload_id=upload_id,
            request_id=current_request_id.get(),
            trace=trace.traceparent() if trace else "",
        )


def working_on(**keys: str | None) -> None:
    """From here on log lines of this call name these, too; None names nothing."""
    _work.set({**_work.get(), **{name: value for name, value in keys.items() if value}})


def work_over() -> None:
    """The next lines are of something else."""
    _work.set(_NOTHING)


def work_keys() -> Mapping[str, str]:
    """What `working_on` named since the last `work_over`."""
    return _work.get()
