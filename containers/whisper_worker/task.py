"""Trigger: a Fargate task with an `EnrichOrder` in ORDER. Effect: every chunk of the film from `index` on is heard.

One task hears a whole film, because its model takes longer to load than a minute of speech takes to hear. A chunk that
was heard before is not heard again: a task that follows an interrupted one goes on where that one stopped. Exit codes:
`marquee.entry.task`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from enrich_worker.wiring import wire
from marquee.domain import keys
from marquee.domain.enrichment import EnrichOrder
from marquee.domain.errors import NotFound
from marquee.domain.messages import check_schema
from marquee.domain.speech import SpeechPlan
from marquee.entry.task import main
from marquee.services.enrich_tools import EnrichTools
from marquee.services.transcribe_chunk import transcribe_chunk


def hear(tools: Callable[[], EnrichTools], given: Any) -> dict[str, int]:
    """The order as it was written is done."""
    check_schema(given)
    return {"chunks": hear_film(EnrichOrder.model_validate(given), tools())}


def hear_film(order: EnrichOrder, tools: EnrichTools) -> int:
    """Transcribe all chunks from `order.index` on; returns how many there are."""
    stored = tools.objects.get(order.media_bucket, keys.speech_plan_key(order.job_id))
    if stored is None:
        raise NotFound("The film's speech was never cut.", code="output_missing")
    chunks = SpeechPlan.model_validate_json(stored.body).chunks[order.index :]
    for chunk in chunks:
        transcribe_chunk(order.model_copy(update={"index": chunk.index}), tools)
    return len(chunks)


if __name__ == "__main__":
    sys.exit(main(partial(hear, wire)))
