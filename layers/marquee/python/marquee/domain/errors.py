"""The one tree of errors.

Retryable or permanent is a type, never a substring. Every error carries a `code` (stable, for programs)
and one sentence (for people). Adapters translate foreign errors into these with `raise … from`.
"""


class MarqueeError(Exception):
    """Base of all errors that Marquee raises on purpose."""

    code = "internal_error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class TransientError(MarqueeError):
    """May succeed when tried again: a dependency is away, throttled or slow."""

    code = "temporarily_unavailable"


class InterruptedWork(TransientError):
    """The machine under the work was taken away (Spot, SIGTERM): run it again elsewhere."""

    code = "interrupted"


class PermanentError(MarqueeError):
    """Trying again cannot help; the user is told `code` and the sentence."""

    code = "failed"


class InvalidMedia(PermanentError):
    """The source is not a film Marquee can encode (`code` says why, e.g. `unsupported_container`)."""

    code = "invalid_media"


class OutputMismatch(PermanentError):
    """What was encoded is not what was planned (counts, durations): nothing of it is published."""

    code = "output_mismatch"


class InvalidRequest(PermanentError):
    """The caller sent something that cannot be accepted."""

    code = "invalid_request"


class UnknownSchema(PermanentError):
    """A message is of a kind or version that this release does not read."""

    code = "unknown_schema"


class NotFound(PermanentError):
    """There is no such thing, or not for this caller."""

    code = "not_found"


class Conflict(PermanentError):
    """The thing is not in a state that allows this."""

    code = "conflict"


class Outdated(PermanentError):
    """The caller changes a version of the thing that is no longer the current one (If-Match)."""

    code = "outdated"


class Unauthenticated(PermanentError):
    """The call needs a signed-in caller."""

    code = "unauthenticated"


class Forbidden(PermanentError):
    """The caller is known, and may not do this."""

    code = "forbidden"


class IdempotencyMismatch(InvalidRequest):
    """The same Idempotency-Key came with another body."""

    code = "idempotency_mismatch"


class IdempotencyRunning(Conflict):
    """The first call with this Idempotency-Key is not finished."""

    code = "idempotency_running"
