"""Trigger: a Fargate task with an order in ORDER. Effect: the order's segments and report are stored.

Exit codes, read by the state machine: 0 done · 65 permanent, its reason is in the job's failure object ·
75 transient, or a bug: try again · 143 interrupted by SIGTERM (Spot).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from types import FrameType

from marquee.domain.errors import InterruptedWork, PermanentError
from marquee.domain.media import EncodeOrder
from marquee.entry.logs import begin_invocation, keys_of_work
from marquee.entry.orders import counted_order
from marquee.services.encode_order import OrderEncoder

from ffmpeg_worker.wiring import wire

DONE, PERMANENT, TRANSIENT, INTERRUPTED = 0, 65, 75, 143


def run_task(environment: Mapping[str, str], encoder: Callable[[], OrderEncoder]) -> int:
    """Do the order in ORDER and give the exit code."""
    logger = begin_invocation(None)
    try:
        with counted_order():
            given = json.loads(environment["ORDER"])
            logger = begin_invocation(None, **keys_of_work(given))
            result = encoder().encode_order(EncodeOrder.model_validate(given))
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
    logger.info("order done", extra={"cpu_seconds": result.cpu_seconds, "wall_seconds": result.wall_seconds})
    return DONE


def interrupt(number: int, frame: FrameType | None) -> None:
    """The machine is being taken away: leave at once by the way of every error, which ends ffmpeg first."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise InterruptedWork("the task was told to stop")


def main() -> int:
    """The container's entry."""
    signal.signal(signal.SIGTERM, interrupt)
    try:
        return run_task(os.environ, partial(wire, "fargate"))
    except InterruptedWork:  # outside of the work itself
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
