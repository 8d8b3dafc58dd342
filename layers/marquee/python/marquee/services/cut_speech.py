"""Cut the film's sound into chunks between silences, each to be heard by itself; silence and mere music make none."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from marquee.domain import keys
from marquee.domain.enrichment import EnrichOrder
from marquee.domain.media import AudioTrack, Plan
from marquee.domain.speech import SpeechChunk, SpeechPlan
from marquee.services.enrich_tools import EnrichTools
from marquee.services.published import JSON_TYPE
from marquee.services.results import read_plan
from marquee.services.speech_files import speech_plan
from marquee.speech.cutter import Cut
from marquee.speech.extract import WHOLE, extract_speech, language_of, track_to_hear
from marquee.speech.listeners import listener_of

SOURCE_URL_SECONDS = 2 * 3600
FLAC_TYPE, PCM_TYPE = "audio/flac", "application/octet-stream"


def cut_speech(order: EnrichOrder, tools: EnrichTools) -> SpeechPlan:
    """Store the sound of every chunk, then the plan of them, and return it; a plan that is there is not made again.

    Raises LanguageNotSupported before anything is read when the listener does not know the film's language.
    """
    key = keys.speech_plan_key(order.job_id)
    before = speech_plan(tools.objects, order.media_bucket, order.job_id)
    if before is not None:
        return before
    plan = read_plan(tools.objects, order.media_bucket, order.job_id)
    track = track_to_hear(plan)
    speech = SpeechPlan(chunks=()) if track is None else _cut(order, tools, plan, track)
    tools.objects.put(order.media_bucket, key, speech.model_dump_json().encode(), content_type=JSON_TYPE)
    if speech.chunks:
        tools.board.report(order.job_id, "captions", speech.chunks[-1].index, 0.0)  # names all parts
    return speech


def _cut(order: EnrichOrder, tools: EnrichTools, plan: Plan, track: AudioTrack) -> SpeechPlan:
    language = language_of(track)
    listener = listener_of(tools.captions_provider, model_path=tools.model_path, scratch=tools.scratch)
    if listener is not None:
        listener.check_language(language)
    chunks = _Chunks(order, tools)
    source = tools.objects.presign_get(plan.source_bucket, plan.source_key, expires_seconds=SOURCE_URL_SECONDS)
    with tempfile.TemporaryDirectory(dir=tools.scratch, prefix="speech-") as name:
        folder, wants_whole = Path(name), listener is None
        seconds = extract_speech(
            tools.tool, plan, track, source, folder=folder, take=chunks.store, keep_whole=wants_whole
        )
        if wants_whole and chunks.stored:
            sound = (folder / WHOLE).read_bytes()
            tools.objects.put(order.media_bucket, keys.speech_audio_key(order.job_id), sound, content_type=FLAC_TYPE)
    return SpeechPlan(
        chunks=tuple(chunks.stored),
        language=language,
        speech_seconds=round(chunks.speech_seconds, 2),
        duration_seconds=round(seconds, 3),
    )


@dataclass
class _Chunks:
    """Stores each chunk as it comes."""

    order: EnrichOrder
    tools: EnrichTools
    stored: list[SpeechChunk] = field(default_factory=list)
    speech_seconds: float = 0.0

    def store(self, cut: Cut) -> None:
        index = len(self.stored)
        if self.tools.captions_provider != "transcribe":  # which hears the whole
            key = keys.speech_sound_key(self.order.job_id, index)
            self.tools.objects.put(self.order.media_bucket, key, cut.pcm, content_type=PCM_TYPE)
        chunk = SpeechChunk(index=index, start_seconds=cut.start_seconds, end_seconds=cut.end_seconds)
        self.stored.append(chunk)
        self.speech_seconds += cut.speech_seconds
