"""Trigger: a Fargate task with an `EnrichOrder` in ORDER. Effect: every chunk of the film from `index` on is heard.

One task hears a whole film, because its model takes longer to load than a minute of speech takes to hear. A chunk that
was heard before is not heard again: a task that follows an interrupted one goes on where that one stopped. Exit codes
as those of the encoder (`ffmpeg_worker.task`).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from types import FrameType

from enrich_worker.wiring import wire
from marquee.domain import keys
from marquee.domain.enrichment import EnrichOrder
from marquee.domain.errors import InterruptedWork, NotFound, PermanentError
from marquee.domain.messages import check_schema
from marquee.domain.speech import SpeechPlan
from marquee.entry.logs import begin_invocation, keys_of_work
from marquee.entry.orders import counted_order
from marquee.services.enrich_tools import EnrichTools
from marquee.services.transcribe_chunk import transcribe_chunk

DONE, PERMANENT, TRANSIENT, INTERRUPTED = 0, 65, 75, 143


def run_task(environment: Mapping[str, str], tools: Callable[[], EnrichTools]) -> int:
    """Hear what ORDER says and give the exit code."""
    logger = begin_invocation(None)
    try:
        with counted_order():
            given = json.loads(environment["ORDER"])
            logger = begin_invocation(None, **keys_of_work(given))
            check_schema(given)
            count = hear_film(EnrichOrder.model_validate(given), tools())
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
    logger.info("order done", extra={"chunks": count})
    return DONE


def hear_film(order: EnrichOrder, tools: EnrichTools) -> int:
    """Transcribe all chunks from `order.index` on; returns how many there are."""
    stored = tools.objects.get(order.media_bucket, keys.speech_plan_key(order.job_id))
    if stored is None:
        raise NotFound("The film's speech was never cut.", code="output_missing")
    chunks = SpeechPlan.model_validate_json(stored.body).chunks[order.index :]
    for chunk in chunks:
        transcribe_chunk(order.model_copy(update={"index": chunk.index}), tools)
    return len(chunks)


def interrupt(number: int, frame: FrameType | None) -> None:
    """The machine is being taken away: leave at once by the way of every error."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise InterruptedWork("the task was told to stop")


def main() -> int:
    """The container's entry."""
    signal.signal(signal.SIGTERM, interrupt)
    try:
        return run_task(os.environ, wire)
    except InterruptedWork:  # outside of the work itself
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
