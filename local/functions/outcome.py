"""What an invocation is and how it can end, in Lambda's own words."""

from __future__ import annotations

import json
import signal
import uuid
from dataclasses import dataclass, field

# Lambda's limits for a synchronous call, in bytes
MAX_REQUEST_BYTES = 6 * 1024 * 1024
MAX_RESPONSE_BYTES = 6_291_556


@dataclass(frozen=True)
class Invocation:
    """One call of a function. `payload` is JSON text."""

    payload: bytes
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Outcome:
    """`payload` is what the caller gets; with `failed`, an object with errorType and errorMessage."""

    payload: bytes
    failed: bool = False
    version: str = "$LATEST"  # of the function, that was called

    @property
    def error_type(self) -> str:
        """The error's class name, or an empty string."""
        return str(json.loads(self.payload).get("errorType", "")) if self.failed else ""

    @property
    def ended_by_lambda(self) -> str:
        """Lambda's own sentence where no line of the function's can be; else an empty string."""
        ours = self.error_type in {"Sandbox.Timedout", "Runtime.ExitError"}
        return str(json.loads(self.payload)["errorMessage"]) if ours else ""


def failure(error_type: str, message: str) -> Outcome:
    return Outcome(json.dumps({"errorType": error_type, "errorMessage": message}).encode(), failed=True)


def timed_out(request_id: str, seconds: float) -> Outcome:
    return failure("Sandbox.Timedout", f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds")


def process_ended(request_id: str, code: int) -> Outcome:
    """`code` as a child's exit code: negative for a signal."""
    how = f"exit status {code}" if code >= 0 else f"signal: {_signal_word(-code)}"
    return failure("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with error: {how}")


def _signal_word(number: int) -> str:
    if number == signal.SIGKILL:
        return "killed"
    try:
        return signal.strsignal(number) or str(number)
    except ValueError:
        return str(number)


def answered(body: bytes) -> Outcome:
    """A function's own answer, unless it is too large to be passed on."""
    if len(body) > MAX_RESPONSE_BYTES:
        return failure(
            "Function.ResponseSizeTooLarge",
            f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes).",
        )
    return Outcome(body)


class TooManyRequestsError(Exception):
    """The function's reserved concurrency is used up (429)."""


class UnknownFunctionError(Exception):
    """There is no such function (404)."""


class RequestTooLargeError(Exception):
    """The payload of a synchronous call is over 6 MiB (413)."""
