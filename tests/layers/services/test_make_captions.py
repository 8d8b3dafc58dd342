"""What was heard becomes a transcript and a track; garbage, gaps and silence are told apart."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from marquee.domain import keys
from marquee.domain.assets import Asset
from marquee.domain.enrichment import EnrichOrder, SpeechProvider
from marquee.domain.errors import InvalidRequest, NotFound, PermanentError
from marquee.domain.media import Plan
from marquee.domain.pipeline import Source
from marquee.domain.speech import CaptionsSummary, SpeechChunk, SpeechPlan, Transcript, Word
from marquee.media.commands import Tool
from marquee.services.attach_track import AttachTrack
from marquee.services.cut_speech import cut_speech
from marquee.services.enrich_tools import EnrichTools
from marquee.services.make_captions import film_seconds, make_captions
from marquee.services.speech_files import heard_chunk
from marquee.services.transcribe_chunk import transcribe_chunk
from marquee.speech.hearing import LanguageNotSupported, ProviderGarbage

from tests.fakes import MemoryProgress
from tests.fakes_assets import MemoryAssets
from tests.fakes_media import BUCKET, MemoryObjects
from tests.made_up_film import made_up_plan, store_plan

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class World:
    """A film of 36 seconds whose sound was cut in two chunks."""

    def __init__(self, *, chunks: int = 2, language: str | None = None, **plan: object) -> None:
        self.plan: Plan = made_up_plan().model_copy(update=plan)
        self.objects, self.assets = MemoryObjects(), MemoryAssets()
        store_plan(self.objects, self.plan)
        job = {"job_id": self.plan.job_id, "upload_id": "u", "created_at": NOW, "updated_at": NOW}
        self.assets.add(Asset.model_validate({"id": self.plan.asset_id, "title": "A", "filename": "a.mp4", **job}))
        spans = [SpeechChunk(index=n, start_seconds=1 + 10 * n, end_seconds=9 + 10 * n) for n in range(chunks)]
        self.speech = SpeechPlan(chunks=tuple(spans), language=language, duration_seconds=36.0)

    def put(self, key: str, body: str | bytes) -> None:
        data = body if isinstance(body, bytes) else body.encode()
        self.objects.put(BUCKET, key, data, content_type="application/json")

    def cut(self) -> None:
        self.put(keys.speech_plan_key(self.plan.job_id), self.speech.model_dump_json())

    def hear(self, index: int, text: str, *, confidence: float = 0.7) -> None:
        start = self.speech.chunks[index].start_seconds
        words = tuple(
            Word(text=word, start_seconds=start + n * 0.4, end_seconds=start + n * 0.4 + 0.4, confidence=confidence)
            for n, word in enumerate(text.split())
        )
        made = Transcript(
            language="en", source="sphinx", draft=True, words=words, confidence=confidence, cpu_seconds=1.5
        )
        self.put(keys.speech_chunk_key(self.plan.job_id, index), made.model_dump_json())

    def captions(self) -> CaptionsSummary:
        attach = AttachTrack(self.assets, self.objects, BUCKET)
        return make_captions(self.plan.job_id, BUCKET, self.objects, self.assets, attach)

    def transcript(self) -> Transcript:
        stored = self.objects.get(BUCKET, keys.transcript_key(self.plan.asset_id, self.plan.version))
        assert stored is not None
        return Transcript.model_validate_json(stored.body)

    def asset(self) -> Asset:
        return self.assets.kept[self.plan.asset_id]

    def order(self, kind: str, index: int = 0) -> EnrichOrder:
        source = Source(bucket="uploads", key="uploads/u/source")
        given = {"job_id": self.plan.job_id, "media_bucket": BUCKET, "source": source, "kind": kind, "index": index}
        return EnrichOrder.model_validate(given)

    def tools(self, provider: SpeechProvider = "sphinx") -> EnrichTools:
        return EnrichTools(self.objects, MemoryProgress(), Tool("ffmpeg"), captions_provider=provider)


def test_chunks_are_joined_in_the_films_order() -> None:
    world = World()
    world.cut()
    world.hear(1, "down from the north")
    world.hear(0, "a great storm came")
    summary = world.captions()
    assert world.transcript().text == "a great storm came down from the north"
    assert world.transcript().cpu_seconds == 3.0
    assert (summary.word_count, summary.track_id) == (8, "ten")
    assert world.asset().captions == summary
    assert json.loads(world.objects.get(BUCKET, keys.captions_summary_key(world.plan.job_id)).body)["state"] == "made"


def test_chunks_of_music_do_not_become_captions() -> None:
    world = World()
    world.cut()
    world.hear(0, "to to to to to", confidence=0.2)
    world.hear(1, "down from the north")
    world.captions()
    assert world.transcript().text == "down from the north"


def test_a_plan_of_the_sound_that_cannot_be_read_is_made_again() -> None:
    world = World(audio=())
    world.put(keys.speech_plan_key(world.plan.job_id), '{"chunks": "many"}')
    assert cut_speech(world.order("cut_speech"), world.tools()) == SpeechPlan(chunks=())
    assert world.captions().state == "no_speech"


def test_words_that_cannot_be_read_are_not_taken_for_heard() -> None:
    world = World()
    world.cut()
    world.hear(0, "a great storm came")
    world.put(keys.speech_chunk_key(world.plan.job_id, 1), "{")
    assert heard_chunk(world.objects, BUCKET, world.plan.job_id, 1) is None
    with pytest.raises(NotFound) as caught:
        world.captions()
    assert caught.value.code == "output_missing"


def test_nothing_stays_of_a_film_that_was_deleted_meanwhile() -> None:
    world = World()
    world.cut()
    world.hear(0, "a great storm came")
    world.hear(1, "down from the north")
    world.assets.delete(world.plan.asset_id)
    with pytest.raises(NotFound):
        world.captions()
    assert not list(world.objects.list(BUCKET, keys.asset_prefix(world.plan.asset_id)))


@pytest.mark.parametrize("chunks", [0, 2])
def test_when_nothing_is_said_there_is_no_track_and_the_asset_says_so(chunks: int) -> None:
    world = World(chunks=chunks)
    world.cut()
    for index in range(chunks):
        world.hear(index, "")
    assert world.captions().state == "no_speech"
    assert world.asset().tracks_of(world.plan.version) == ()
    assert world.asset().captions == CaptionsSummary(state="no_speech", asset_version=world.plan.version)


def test_a_supplied_text_needs_speech_to_stand_on() -> None:
    world = World(chunks=0)
    world.cut()
    world.put(keys.supplied_transcript_key(world.plan.asset_id, world.plan.version), "Somebody speaks.")
    assert world.captions().state == "no_speech"


def test_a_chunk_that_was_never_heard_leaves_no_half_captions() -> None:
    world = World()
    world.cut()
    world.hear(0, "a great storm came")
    with pytest.raises(NotFound):
        world.captions()
    assert world.asset().tracks_of(world.plan.version) == ()


def test_speech_that_was_never_cut_is_an_error_not_silence() -> None:
    with pytest.raises(NotFound):
        World().captions()


def transcribed(*words: tuple[str, float, float]) -> str:
    items = [
        {
            "type": "pronunciation",
            "start_time": str(start),
            "end_time": str(end),
            "alternatives": [{"confidence": "0.99", "content": text}],
        }
        for text, start, end in words
    ]
    return json.dumps({"status": "COMPLETED", "results": {"items": items, "language_code": "de-DE"}})


def test_the_answer_of_transcribe_is_read_where_there_is_one() -> None:
    world = World(language=None)
    world.cut()
    world.put(keys.transcribe_output_key(world.plan.job_id), transcribed(("Guten", 1.0, 1.4), ("Tag", 1.4, 2.0)))
    summary = world.captions()
    assert (summary.source, summary.language, summary.draft) == ("transcribe", "de-DE", False)
    (track,) = world.asset().tracks_of(world.plan.version)
    assert (track.id, track.draft, track.default) == ("tde-DE", False, False)


@pytest.mark.parametrize("body", ["<Error/>", "{}", transcribed(("late", 300.0, 301.0))])
def test_garbage_of_a_provider_is_named_and_nothing_is_published(body: str) -> None:
    world = World()
    world.cut()
    world.put(keys.transcribe_output_key(world.plan.job_id), body)
    with pytest.raises(ProviderGarbage) as caught:
        world.captions()
    assert caught.value.code == "provider_garbage"
    assert world.asset().tracks_of(world.plan.version) == ()


def test_words_and_cues_end_with_the_film() -> None:
    world = World(chunks=1)
    world.cut()
    end = film_seconds(world.plan)
    late = Word(text="end", start_seconds=end - 0.2, end_seconds=end + 0.6, confidence=0.9)
    made = Transcript(language="en", source="sphinx", draft=True, words=(late,), confidence=0.9)
    world.put(keys.speech_chunk_key(world.plan.job_id, 0), made.model_dump_json())
    world.captions()
    assert world.transcript().words[-1].end_seconds == end


def test_a_film_in_another_language_is_refused_before_it_is_read() -> None:
    track = made_up_plan().audio[0].model_copy(update={"language": "de"})
    world = World(audio=(track,))
    with pytest.raises(LanguageNotSupported):
        cut_speech(world.order("cut_speech"), world.tools())


def test_a_film_without_sound_has_nothing_to_hear() -> None:
    world = World(audio=())
    assert cut_speech(world.order("cut_speech"), world.tools()).chunks == ()


def test_a_chunk_that_is_not_in_the_plan_is_refused() -> None:
    world = World()
    world.cut()
    with pytest.raises(PermanentError):
        transcribe_chunk(world.order("transcribe_chunk", 7), world.tools())


def test_chunks_are_not_heard_by_ourselves_where_transcribe_hears_the_whole() -> None:
    world = World()
    world.cut()
    with pytest.raises(InvalidRequest):
        transcribe_chunk(world.order("transcribe_chunk"), world.tools("transcribe"))
