"""Hear one chunk of the film's speech: its words, with times on the player's timeline."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import chain

from marquee.domain import keys
from marquee.domain.enrichment import EnrichOrder
from marquee.domain.errors import InvalidRequest, NotFound, PermanentError
from marquee.domain.media import Plan
from marquee.domain.speech import SpeechChunk, SpeechPlan, Transcript
from marquee.services.enrich_tools import EnrichTools
from marquee.services.published import JSON_TYPE
from marquee.services.results import read_plan
from marquee.services.speech_files import heard_chunk, speech_plan
from marquee.speech.hearing import SpeechToText, checked
from marquee.speech.listeners import listener_of
from marquee.speech.merge import later, mean_confidence
from marquee.speech.spoken_words import spoken, written_words

PROGRESS_EVERY_SECONDS = 0.5


def transcribe_chunk(order: EnrichOrder, tools: EnrichTools) -> Transcript:
    """Store the words of chunk `order.index` and return them; a chunk that was heard before is not heard again.

    Raises ProviderGarbage when the listener's words cannot be those of the chunk.
    """
    key = keys.speech_chunk_key(order.job_id, order.index)
    before = heard_chunk(tools.objects, order.media_bucket, order.job_id, order.index)
    if before is not None:
        return before
    listener = listener_of(tools.captions_provider, model_path=tools.model_path, scratch=tools.scratch)
    if listener is None:
        raise InvalidRequest("Amazon Transcribe hears the whole film; there is nothing to do for a chunk.")
    transcript = _transcript(order, tools, listener)
    tools.objects.put(order.media_bucket, key, transcript.model_dump_json().encode(), content_type=JSON_TYPE)
    tools.board.report(order.job_id, "captions", order.index, 1.0)
    return transcript


def _transcript(order: EnrichOrder, tools: EnrichTools, listener: SpeechToText) -> Transcript:
    speech, chunk = _chunk(order, tools)
    sound = tools.objects.get(order.media_bucket, keys.speech_sound_key(order.job_id, order.index))
    if sound is None:
        raise NotFound("The chunk's sound is not there any more.", code="output_missing")
    plan = read_plan(tools.objects, order.media_bucket, order.job_id)
    heard = listener.hear(
        sound.body, language=speech.language, text=_known_words(order, tools, plan), on_fraction=_progress(order, tools)
    )
    heard = checked(heard, chunk.end_seconds - chunk.start_seconds)
    return Transcript(
        language=heard.language,
        source=listener.source,
        draft=listener.draft,
        words=later(heard.words, chunk.start_seconds),
        confidence=mean_confidence(heard.words),
        cpu_seconds=round(heard.cpu_seconds, 3),
    )


def _chunk(order: EnrichOrder, tools: EnrichTools) -> tuple[SpeechPlan, SpeechChunk]:
    speech = speech_plan(tools.objects, order.media_bucket, order.job_id)
    if speech is None:
        raise NotFound("The film's speech was never cut.", code="output_missing")
    if order.index >= len(speech.chunks):
        raise PermanentError(f"there is no chunk {order.index} of {len(speech.chunks)}", code="invalid_request")
    return speech, speech.chunks[order.index]


def _known_words(order: EnrichOrder, tools: EnrichTools, plan: Plan) -> tuple[str, ...]:
    """The words that are spoken in the whole film, where its owner has said them."""
    supplied = tools.objects.get(order.media_bucket, keys.supplied_transcript_key(plan.asset_id, plan.version))
    if supplied is None:
        return ()
    written = written_words(supplied.body.decode("utf-8", "replace"))
    return tuple(chain.from_iterable(map(spoken, written)))


def _progress(order: EnrichOrder, tools: EnrichTools) -> Callable[[float], None]:
    told_at = 0.0

    def tell(fraction: float) -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= PROGRESS_EVERY_SECONDS:
            told_at = now
            tools.board.report(order.job_id, "captions", order.index, min(fraction, 0.99))

    return tell
