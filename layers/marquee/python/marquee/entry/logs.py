"""Structured logs: one JSON line a record, with the keys of what is being worked on.

Services log by the standard library (`logging.getLogger("marquee…")`); a process's entry calls
`configured_logger` and their records come out in the same format, with the same keys.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger


@cache
def configured_logger() -> Logger:
    """The process's logger; service name and level come from POWERTOOLS_SERVICE_NAME and LOG_LEVEL."""
    logger = Logger()
    library = logging.getLogger("marquee")
    library.handlers = list(logger.handlers)
    library.setLevel(logger.log_level)
    # The Lambda runtime hangs its own text handler on the root logger; without this all lines come twice.
    library.propagate = False
    return logger


def begin_invocation(context: object, **keys: Any) -> Logger:
    """The logger with only this invocation's keys: a warm process must not show the last one's."""
    logger = configured_logger()
    logger.clear_state()
    request_id = getattr(context, "aws_request_id", None)
    logger.append_keys(**{name: value for name, value in {"request_id": request_id, **keys}.items() if value})
    return logger
