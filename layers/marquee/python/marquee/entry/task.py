"""The frame of a Fargate task: one order in ORDER, one exit code for the state machine.

Exit codes: 0 done · 65 permanent, its reason is in the job's failure object · 75 transient, or a bug: try again ·
143 interrupted by SIGTERM (Spot).
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from marquee.domain.errors import InterruptedWork, PermanentError
from marquee.entry.logs import begin_invocation, keys_of_work
from marquee.entry.orders import counted_order

DONE, PERMANENT, TRANSIENT, INTERRUPTED = 0, 65, 75, 143

# from an order as it was written to what is worth a line in the log
Work = Callable[[Any], Mapping[str, object]]


def run_task(environment: Mapping[str, str], work: Work) -> int:
    """Do the order in ORDER and give the exit code."""
    logger = begin_invocation(None)
    try:
        with counted_order():
            given = json.loads(environment["ORDER"])
            logger = begin_invocation(None, **keys_of_work(given))
            done = work(given)
    except InterruptedWork:
        logger.warning("interrupted")
        return INTERRUPTED
    except PermanentError as error:
        logger.exception("order failed", extra={"code": error.code, "reason": error.message})
        return PERMANENT
    except Exception:
        # Bugs, too: the state machine tries again on another machine, a capped number of times.
        logger.exception("order failed")
        return TRANSIENT
    logger.info("order done", extra=dict(done))
    return DONE


def interrupt(number: int, frame: FrameType | None) -> None:
    """The machine is being taken away: leave at once by the way of every error, which ends ffmpeg first."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise InterruptedWork("the task was told to stop")


def main(work: Work) -> int:
    """The container's entry."""
    signal.signal(signal.SIGTERM, interrupt)
    try:
        return run_task(os.environ, work)
    except InterruptedWork:  # outside of the work itself
        return INTERRUPTED
