"""Out of what was heard of the film, or of what its owner says is said in it: a transcript, and a track of captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import NotFound
from marquee.domain.media import Plan
from marquee.domain.ports import ObjectStore
from marquee.domain.speech import CaptionsSummary, SpeechPlan, Transcript
from marquee.domain.stores import AssetStore
from marquee.domain.text_tracks import Cue, TextTrack
from marquee.media.probe_languages import language_name
from marquee.services.attach_track import AttachTrack, NewTrack
from marquee.services.discard_outputs import discard_of_deleted
from marquee.services.published import FINAL_CACHE, JSON_TYPE
from marquee.services.results import read_plan
from marquee.services.speech_files import heard_chunk, speech_plan
from marquee.services.whole_film import at_once
from marquee.speech.align import align_text
from marquee.speech.cues import build_cues
from marquee.speech.hearing import checked
from marquee.speech.merge import mean_confidence, merge_words, without_noise
from marquee.speech.spoken_words import written_words
from marquee.speech.transcribe_json import read_transcribe


def make_captions(
    job_id: str,
    media_bucket: str,
    objects: ObjectStore,
    assets: AssetStore,
    attach: AttachTrack,
    *,
    clock: Clock = utc_now,
) -> CaptionsSummary:
    """Publish the transcript, attach the track, note the summary on the asset and return it. May run again.

    Raises TranscriptMismatch when the supplied text is another film's, ProviderGarbage when what was heard cannot be.
    """
    plan = read_plan(objects, media_bucket, job_id)
    try:
        return _make(plan, media_bucket, objects, assets, attach, clock)
    finally:
        discard_of_deleted(assets, objects, media_bucket, plan.asset_id)


def _make(
    plan: Plan, media_bucket: str, objects: ObjectStore, assets: AssetStore, attach: AttachTrack, clock: Clock
) -> CaptionsSummary:
    heard = _Sources(objects, media_bucket, plan).transcript()
    if heard.words:
        track, cues = _publish(heard, plan, media_bucket, objects, attach)
        summary = _summary(plan, heard, track, cues)
    else:
        summary = CaptionsSummary(state="no_speech", asset_version=plan.version)
    body = summary.model_dump_json().encode()
    objects.put(media_bucket, keys.captions_summary_key(plan.job_id), body, content_type=JSON_TYPE)
    assets.note_captions(plan.asset_id, summary, clock())
    return summary


def film_seconds(plan: Plan) -> float:
    """Where the film ends on the player's timeline."""
    video = plan.media.video
    return float(video.end_pts * video.time_base - plan.origin_seconds)


@dataclass(frozen=True)
class _Sources:
    """What the worker, Amazon Transcribe and the film's owner left."""

    objects: ObjectStore
    bucket: str
    plan: Plan

    def transcript(self) -> Transcript:
        """The film's words: the owner's where there are such, on the times of what was heard."""
        speech = self._speech()
        heard = self._heard(speech)
        supplied = self._read(keys.supplied_transcript_key(self.plan.asset_id, self.plan.version))
        if supplied is None or not speech.chunks:
            return heard
        written = written_words(supplied.decode("utf-8", "replace"))
        words = align_text(written, heard.words, film_seconds(self.plan))
        return heard.model_copy(
            update={"words": words, "source": "aligned", "draft": False, "confidence": mean_confidence(words)}
        )

    def _heard(self, speech: SpeechPlan) -> Transcript:
        whole = self._read(keys.transcribe_output_key(self.plan.job_id))
        parts = self._chunks(speech) if whole is None else (self._transcribed(whole, speech),)
        spoken = without_noise(parts)
        words = merge_words([part.words for part in spoken], film_seconds(self.plan))
        first: Transcript | None = max(spoken, key=lambda part: len(part.words), default=None)
        return Transcript(
            language=first.language if first else speech.language or "und",
            source=first.source if first else "sphinx",
            draft=first.draft if first else True,
            words=words,
            confidence=mean_confidence(words),
            cpu_seconds=round(sum(part.cpu_seconds for part in parts), 3),
        )

    def _transcribed(self, body: bytes, speech: SpeechPlan) -> Transcript:
        answer = checked(read_transcribe(body, language=speech.language), speech.duration_seconds)
        return Transcript(language=answer.language, source="transcribe", draft=False, words=answer.words)

    def _speech(self) -> SpeechPlan:
        speech = speech_plan(self.objects, self.bucket, self.plan.job_id)
        if speech is None:
            raise NotFound("The film's speech was never cut.", code="output_missing")
        return speech

    def _chunks(self, speech: SpeechPlan) -> tuple[Transcript, ...]:
        return tuple(at_once(self._chunk, [chunk.index for chunk in speech.chunks]))

    def _chunk(self, index: int) -> Transcript:
        heard = heard_chunk(self.objects, self.bucket, self.plan.job_id, index)
        if heard is None:
            raise NotFound(f"chunk {index} was never heard", code="output_missing")
        return heard

    def _read(self, key: str) -> bytes | None:
        stored = self.objects.get(self.bucket, key)
        return None if stored is None else stored.body


def _publish(
    heard: Transcript, plan: Plan, bucket: str, objects: ObjectStore, attach: AttachTrack
) -> tuple[TextTrack, Sequence[Cue]]:
    cues = build_cues(heard.words, film_seconds(plan))
    objects.put(
        bucket,
        keys.transcript_key(plan.asset_id, plan.version),
        heard.model_dump_json().encode(),
        content_type=JSON_TYPE,
        cache_control=FINAL_CACHE,
    )
    new = NewTrack(
        language=heard.language,
        kind="captions",
        source=heard.source,
        label=f"{language_name(heard.language) or heard.language} (automatic)" if heard.draft else None,
        draft=heard.draft,
    )
    return attach(plan.asset_id, plan.version, new, cues), cues


def _summary(plan: Plan, heard: Transcript, track: TextTrack, cues: Sequence[Cue]) -> CaptionsSummary:
    return CaptionsSummary(
        state="made",
        asset_version=plan.version,
        language=heard.language,
        source=heard.source,
        draft=heard.draft,
        track_id=track.id,
        word_count=len(heard.words),
        cue_count=len(cues),
    )
