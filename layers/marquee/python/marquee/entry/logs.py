"""Structured logs: one JSON line a record, with the keys of what is being worked on.

Services log by the standard library (`logging.getLogger("marquee…")`); a process's entry calls
`configured_logger` and their records come out in the same format, with the same keys.
"""

from __future__ import annotations

import copy
import logging
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from marquee.domain.measures import Measured
from marquee.domain.trace import Trace, parse_amazon_trace
from marquee.domain.work import Cause, work_keys, work_over
from marquee.entry.emf import embedded

# Keys of a step's input, or of the order within it, that belong on every log line.
_OF_WORK = ("job_id", "asset_id", "attempt", "kind", "index")


class Lines(LambdaPowertoolsFormatter):
    """Adds what is being worked on, and says measures in CloudWatch's format."""

    def format(self, record: logging.LogRecord) -> str:
        whole = copy.copy(record)
        for name, value in work_keys().items():
            whole.__dict__.setdefault(name, value)
        measured = whole.__dict__.pop("measured", None)
        if isinstance(measured, Measured):
            whole.__dict__.update(embedded(measured, os.environ.get("ENVIRONMENT", "")))
        return super().format(whole)


@cache
def configured_logger() -> Logger:
    """The process's logger; service name and level come from POWERTOOLS_SERVICE_NAME and LOG_LEVEL."""
    logger = Logger(logger_formatter=Lines())
    if dsn := os.environ.get("SENTRY_DSN"):
        _tell_sentry(logger, dsn)
    library = logging.getLogger("marquee")
    library.handlers = list(logger.handlers)
    library.setLevel(logger.log_level)
    # The Lambda runtime hangs its own text handler on the root logger; without this all lines come twice.
    library.propagate = False
    return logger


def _tell_sentry(logger: Logger, dsn: str) -> None:
    from marquee.entry.sentry import SentryHandler

    try:
        logger.addHandler(SentryHandler(dsn, logger.service, lambda: {**logger.get_current_keys(), **work_keys()}))
    except ValueError as error:
        # Whoever mistyped it wants to know; nobody wants to be without a service for it.
        logger.error(str(error))


def begin_invocation(context: object, **keys: Any) -> Logger:
    """The logger with only this invocation's keys: a warm process must not show the last one's.

    `function_request_id` is Lambda's own id of the invocation, as in its REPORT line; it is also the `request_id`
    where `keys` names none.
    """
    logger = configured_logger()
    logger.clear_state()
    work_over()
    own = getattr(context, "aws_request_id", None)
    named = {name: value for name, value in keys.items() if value not in (None, "")}
    own_keys = {"request_id": own, "function_request_id": own} if own else {}
    logger.append_keys(**{**own_keys, **named})
    return logger


def invocation_trace() -> Trace | None:
    """The trace that Lambda says this invocation belongs to."""
    return parse_amazon_trace(os.environ.get("_X_AMZN_TRACE_ID", ""))


def keys_of_work(given: Mapping[str, Any]) -> dict[str, Any]:
    """What an order, a step's input or one with an `order` in it, says that it is about."""
    order = given.get("order")
    inner = order if isinstance(order, Mapping) else {}
    found = {name: inner.get(name, given.get(name)) for name in _OF_WORK}
    return {**found, **keys_of_cause(inner.get("caused_by", given.get("caused_by")))}


def keys_of_cause(cause: object) -> dict[str, str]:
    """The keys by which lines of a job's work name the call that it goes back to (`domain.work.Cause`, as it
    travels in JSON); none where it is not there, or is something else."""
    if not isinstance(cause, Mapping):
        return {}
    return Cause(**{name: str(cause.get(name, "")) for name in ("upload_id", "request_id", "trace")}).log_keys()
