"""Films in which flite speaks, through all the steps of captions: words, times, and a track that players read."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from statistics import quantiles

import pytest
from marquee.domain import keys
from marquee.domain.assets import Asset
from marquee.domain.enrichment import EnrichOrder
from marquee.domain.pipeline import Source
from marquee.domain.speech import CaptionsSummary, SpeechPlan, Transcript
from marquee.domain.text_tracks import Cue, TextTrack
from marquee.services.attach_track import AttachTrack
from marquee.services.cut_speech import cut_speech
from marquee.services.enrich_tools import EnrichTools
from marquee.services.make_captions import make_captions
from marquee.services.track_files import TrackFiles
from marquee.services.transcribe_chunk import transcribe_chunk
from marquee.speech.align import TranscriptMismatch

from tests.encoding import BUCKET, JOB, Board, LocalObjects, plan_of, put_plan, tool
from tests.fakes_assets import MemoryAssets
from tests.films import film
from tests.speech_films import EVERYDAY, STORY, SpokenFilm, plain, spoken_film, words_right

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ASSET = Asset(id="asset-1", title="A", filename="a.mp4", job_id=JOB, upload_id="u", created_at=NOW, updated_at=NOW)


class Captioned:
    """The steps of captions of one film, as the state machine does them."""

    def __init__(self, path: Path, supplied: str | None = None) -> None:
        self.store = LocalObjects(path)
        self.assets = MemoryAssets()
        self.assets.add(ASSET)
        self.board = Board()
        self.tools = EnrichTools(self.store, self.board, tool())
        put_plan(self.store, plan_of(path))
        if supplied is not None:
            key = keys.supplied_transcript_key("asset-1", 1)
            self.store.put(BUCKET, key, supplied.encode(), content_type="text/plain")

    def order(self, kind: str, index: int = 0) -> EnrichOrder:
        source = Source(bucket="uploads", key="uploads/u/source")
        given = {"job_id": JOB, "media_bucket": BUCKET, "source": source, "kind": kind, "index": index}
        return EnrichOrder.model_validate(given)

    def cut(self) -> SpeechPlan:
        return cut_speech(self.order("cut_speech"), self.tools)

    def hear(self) -> list[Transcript]:
        return [
            transcribe_chunk(self.order("transcribe_chunk", chunk.index), self.tools) for chunk in self.cut().chunks
        ]

    def finish(self) -> CaptionsSummary:
        attach = AttachTrack(self.assets, self.store, BUCKET)
        return make_captions(JOB, BUCKET, self.store, self.assets, attach)

    def captions(self) -> CaptionsSummary:
        self.hear()
        return self.finish()

    def transcript(self) -> Transcript:
        stored = self.store.get(BUCKET, keys.transcript_key("asset-1", 1))
        assert stored is not None
        return Transcript.model_validate_json(stored.body)

    def track(self) -> TextTrack:
        asset = self.assets.get("asset-1")
        assert asset is not None
        (track,) = asset.tracks_of(1)
        return track


@cache
def heard(voice: str) -> tuple[Captioned, CaptionsSummary, SpokenFilm]:
    spoken = spoken_film(voice, STORY + EVERYDAY)
    captioned = Captioned(spoken.path)
    return captioned, captioned.captions(), spoken


@cache
def aligned() -> tuple[Captioned, CaptionsSummary, SpokenFilm]:
    spoken = spoken_film("slt")
    captioned = Captioned(spoken.path, spoken.text)
    return captioned, captioned.captions(), spoken


@pytest.mark.parametrize("voice", ["rms", "slt"])
def test_four_of_five_spoken_words_are_heard_right(voice: str) -> None:
    captioned, summary, spoken = heard(voice)
    words = [plain(word.text) for word in captioned.transcript().words]
    assert len(words_right(spoken.words, words)) >= 0.8 * len(spoken.words)
    assert (summary.state, summary.source, summary.language, summary.draft) == ("made", "sphinx", "en", True)


@pytest.mark.parametrize("voice", ["rms", "slt"])
def test_heard_words_stand_within_half_a_second_of_the_spoken_ones(voice: str) -> None:
    captioned, _, spoken = heard(voice)
    words = captioned.transcript().words
    pairs = words_right(spoken.words, [plain(word.text) for word in words])
    errors = [abs(words[j].start_seconds - spoken.words[i].start_seconds) for i, j in pairs]
    assert max(errors) < 0.5
    assert quantiles(errors, n=20)[-1] < 0.1


def test_cues_begin_and_end_with_the_words_in_them() -> None:
    captioned, _, spoken = heard("rms")
    cues = captioned_cues(captioned)
    words = [(number, plain(text)) for number, cue in enumerate(cues) for text in cue.text.split()]
    pairs = words_right(spoken.words, [text for _, text in words])
    for number, cue in enumerate(cues):
        inside = [spoken.words[i] for i, j in pairs if words[j][0] == number]
        assert inside, cue.text
        # Nothing that is heard right is spoken before or after its cue, but for half a second.
        assert min(word.start_seconds for word in inside) > cue.start_seconds - 0.5
        assert max(word.end_seconds for word in inside) < cue.end_seconds + 0.5
        first = next((spoken.words[i] for i, j in pairs if words[j] == (number, plain(cue.text.split()[0]))), None)
        assert first is None or abs(first.start_seconds - cue.start_seconds) < 0.5


def test_the_track_is_a_draft_under_the_assets_version() -> None:
    captioned, summary, _ = heard("rms")
    track = captioned.track()
    assert (track.id, track.kind, track.language, track.draft) == ("ten", "captions", "en", True)
    assert track.label == "English (automatic)"
    assert summary.track_id == track.id
    asset = captioned.assets.get("asset-1")
    assert asset is not None
    assert asset.captions == summary


def test_each_step_done_again_changes_nothing() -> None:
    captioned, summary, _ = heard("rms")
    before = {key: list(bodies) for key, bodies in captioned.store.history.items() if "speech/" in key}
    captioned.hear()
    assert captioned.finish() == summary
    assert {key: bodies for key, bodies in captioned.store.history.items() if "speech/" in key} == before
    assert captioned.track().version == 1


def test_progress_names_all_parts_first_and_ends_whole() -> None:
    captioned, _, _ = heard("rms")
    assert captioned.board.reports[0] == ("captions", 0, 0.0)
    assert captioned.board.reports[-1] == ("captions", 0, 1.0)


def test_a_supplied_transcript_is_shown_word_for_word() -> None:
    captioned, summary, spoken = aligned()
    assert captioned.transcript().text == spoken.text
    assert " ".join(cue.text for cue in captioned_cues(captioned)).split() == spoken.text.split()
    assert (summary.source, summary.draft, summary.word_count) == ("aligned", False, len(spoken.words))


def test_supplied_words_stand_within_three_tenths_of_the_spoken_ones() -> None:
    captioned, _, spoken = aligned()
    words = captioned.transcript().words
    starts = [abs(a.start_seconds - b.start_seconds) for a, b in zip(words, spoken.words, strict=True)]
    ends = [abs(a.end_seconds - b.end_seconds) for a, b in zip(words, spoken.words, strict=True)]
    assert max(*starts, *ends) < 0.3


def test_names_that_no_dictionary_knows_and_numbers_are_aligned_too() -> None:
    sentences = ("Captain Zorblaxian sailed to the harbor.", *STORY[3:6])
    spoken = spoken_film("rms", sentences)
    supplied = spoken.text.replace("three days", "3 days").replace("harbor.", "harbor — alone?")
    captioned = Captioned(spoken.path, supplied)
    captioned.captions()
    words = captioned.transcript().words
    assert captioned.transcript().text == supplied
    times = {plain(word.text): word for word in words}
    truth = {word.text: word for word in spoken.words}
    for name in ("captain", "zorblaxian", "sailed", "harbor", "storm", "house"):
        assert abs(times[name].start_seconds - truth[name].start_seconds) < 0.3, name


def test_another_films_text_is_refused_with_a_sentence() -> None:
    other = "Chemistry studies matter, energy, atoms, molecules, reactions, acids, bases, salts and metals. " * 4
    captioned = Captioned(spoken_film("slt").path, other)
    with pytest.raises(TranscriptMismatch):
        captioned.captions()


@pytest.mark.parametrize("name", ["tiny", "no_audio"])
def test_a_film_in_which_nobody_speaks_has_no_captions_and_says_so(name: str) -> None:
    captioned = Captioned(film(name))
    assert captioned.cut().chunks == ()
    assert captioned.captions().state == "no_speech"
    asset = captioned.assets.get("asset-1")
    assert asset is not None
    assert asset.tracks_of(1) == ()


def captioned_cues(captioned: Captioned) -> tuple[Cue, ...]:
    track = captioned.track()
    files = TrackFiles(captioned.store, BUCKET)
    return files.edition("asset-1", 1, track.id, track.version).cues
