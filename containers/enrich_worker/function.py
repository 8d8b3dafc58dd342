"""Trigger: the state machine, for one order of an enricher. Effect: its result lies in the media bucket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marquee.domain import keys
from marquee.domain.enrichment import EnrichAnswer, EnrichOrder
from marquee.entry.orders import counted_order
from marquee.entry.steps import Payload, step
from marquee.services.enrich_tools import EnrichTools

from enrich_worker.wiring import wire

# What an order asks for is imported when it comes: a cutter needs no speech model, a listener no vision.


def cut(order: EnrichOrder, tools: EnrichTools) -> EnrichAnswer:
    from marquee.services.cut_speech import cut_speech

    plan = cut_speech(order, tools)
    chunks = tuple(chunk.index for chunk in plan.chunks)
    return EnrichAnswer(result_key=keys.speech_plan_key(order.job_id), chunks=chunks)


def transcribe(order: EnrichOrder, tools: EnrichTools) -> EnrichAnswer:
    from marquee.services.transcribe_chunk import transcribe_chunk

    transcribe_chunk(order, tools)
    return EnrichAnswer(result_key=keys.speech_chunk_key(order.job_id, order.index))


def analyze(order: EnrichOrder, tools: EnrichTools) -> EnrichAnswer:
    from marquee.services.analyze_asset import analyze_asset

    analyze_asset(order, tools)
    return EnrichAnswer(result_key=keys.analysis_work_key(order.job_id))


WORK: dict[str, Callable[[EnrichOrder, EnrichTools], EnrichAnswer]] = {
    "cut_speech": cut,
    "transcribe_chunk": transcribe,
    "analyze": analyze,
}


def build_handler(tools: Callable[[], EnrichTools]) -> Callable[[Payload, object], Any]:
    """The Lambda handler over the tools that `tools` gives."""

    @step(EnrichOrder)
    def handler(order: EnrichOrder) -> EnrichAnswer:
        with counted_order():
            return WORK[order.kind](order, tools())

    return handler


lambda_handler = build_handler(wire)
