"""What can be searched of a film is what the film says now, whoever wrote last."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from marquee.domain import keys
from marquee.domain.errors import Conflict
from marquee.domain.speech import Transcript, Word
from marquee.domain.spoken import PICTURE, Passage
from marquee.services.attach_track import AttachTrack, NewTrack
from marquee.services.embed_passages import BATCH, EmbedPassages
from marquee.services.index_spoken import IndexSpoken

from tests.fakes_assets import MemoryAssets
from tests.fakes_media import MemoryObjects
from tests.fakes_spoken import MemorySpoken, WordEmbeddings
from tests.searched_films import BUCKET, Films, cues_of


@pytest.fixture
def spoken() -> MemorySpoken:
    return MemorySpoken()


@pytest.fixture
def films(spoken: MemorySpoken) -> Films:
    return Films(MemoryAssets(), MemoryObjects(), spoken)


def texts(spoken: MemorySpoken) -> list[str]:
    return [passage.text for passage in spoken.passages.values()]


def test_captions_and_text_in_the_picture_become_passages(films: Films, spoken: MemorySpoken) -> None:
    asset = films.film("Hello there.", "Goodbye.")
    films.analyze(asset.id, seen=["THE END"], about=["farewells", "Greetings"])

    assert {(p.kind, p.text) for p in spoken.passages.values()} == {
        ("said", "Hello there. Goodbye."),
        ("seen", "THE END"),
    }
    topics = spoken.topics_of(asset.id)
    assert topics is not None
    assert [topic.name for topic in topics.topics] == ["farewells", "greetings"]


def test_a_line_has_the_second_of_each_word_that_was_heard(films: Films, spoken: MemorySpoken) -> None:
    asset = films.film()
    words = tuple(
        Word(text=text, start_seconds=at, end_seconds=at + 0.4) for text, at in (("Hello", 0.2), ("you", 1.1))
    )
    heard = Transcript(language="en", source="sphinx", draft=True, words=words)
    films.objects.put(BUCKET, keys.transcript_key(asset.id, 1), heard.model_dump_json().encode(), content_type="x/json")
    films.caption(asset.id, "Hello you.")

    (passage,) = spoken.passages.values()
    assert passage.lines[0].word_seconds == (0.2, 1.1)


def test_a_transcript_that_cannot_be_read_leaves_lines_with_their_own_seconds(
    films: Films, spoken: MemorySpoken
) -> None:
    asset = films.film()
    films.objects.put(BUCKET, keys.transcript_key(asset.id, 1), b"garbage", content_type="x/json")
    films.caption(asset.id, "Hello you.")

    (passage,) = spoken.passages.values()
    assert passage.lines[0].word_seconds == ()


def test_an_edit_replaces_what_was_said_before(films: Films, spoken: MemorySpoken) -> None:
    asset = films.film("Wrong words.")
    films.caption(asset.id, "Right words.")

    assert texts(spoken) == ["Right words."]


def test_a_track_that_is_taken_away_is_no_longer_found(films: Films, spoken: MemorySpoken) -> None:
    asset = films.film("Hello.")
    (track,) = films.known(asset.id).tracks_of(1)
    films.assets.remove_text_track(asset.id, track, asset.updated_at)
    films.index(asset.id)

    assert texts(spoken) == []


def test_of_one_language_one_track_is_searched_and_of_two_both(films: Films, spoken: MemorySpoken) -> None:
    asset = films.film("Hello.")
    films.caption(asset.id, "Hallo.", language="de")
    films.attach(asset.id, 1, NewTrack(language="en", kind="subtitles", source="embedded"), cues_of("Hello!"))

    assert sorted(texts(spoken)) == ["Hallo.", "Hello."]


def test_the_version_to_come_is_written_beside_the_one_that_is_watched_and_older_ones_go(
    films: Films, spoken: MemorySpoken
) -> None:
    asset = films.film("First.")
    films.caption(asset.id, "Second.", version=2)
    assert sorted(texts(spoken)) == ["First.", "Second."]

    films.change(asset.id, current_version=2)
    films.index(asset.id)
    assert texts(spoken) == ["Second."]


class Overtaken(MemorySpoken):
    """Between a writer's reading and his writing `meanwhile` happens, as often as `times`."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], None] = lambda: None
        self.times = 0

    def put(self, passages: Sequence[Passage]) -> None:
        if self.times > 0:
            self.times -= 1
            self.meanwhile()
        super().put(passages)


def test_a_writer_who_was_overtaken_writes_what_the_other_one_left() -> None:
    slow = Overtaken()
    films = Films(MemoryAssets(), MemoryObjects(), slow)
    asset = films.film("Old.")
    slow.meanwhile, slow.times = lambda: films.caption(asset.id, "New."), 1
    films.index(asset.id)

    assert texts(slow) == ["New."]


def test_a_text_that_never_rests_is_told_so() -> None:
    slow = Overtaken()
    films = Films(MemoryAssets(), MemoryObjects(), slow)
    films.attach = AttachTrack(films.assets, films.objects, BUCKET)
    asset = films.film("Old.")
    slow.meanwhile, slow.times = lambda: films.caption(asset.id, f"Edit {slow.times}."), 100

    with pytest.raises(Conflict):
        films.index(asset.id)


def test_an_asset_that_is_gone_leaves_nothing(films: Films, spoken: MemorySpoken) -> None:
    asset = films.film("Hello.")
    films.analyze(asset.id, seen=["X"], about=["y"])
    films.assets.delete(asset.id)
    films.index(asset.id)

    assert (spoken.passages, spoken.topics) == ({}, {})


def test_an_analysis_that_cannot_be_read_leaves_the_captions_searchable(films: Films, spoken: MemorySpoken) -> None:
    asset = films.film("Hello.")
    films.analyze(asset.id, seen=["X"])
    films.objects.put(BUCKET, keys.analysis_key(asset.id, 1), b"{", content_type="application/json")
    films.index(asset.id)

    assert texts(spoken) == ["Hello."]


def test_a_database_that_is_away_fails_nobody_who_asks_quietly(films: Films, spoken: MemorySpoken) -> None:
    asset = films.film("Hello.")
    spoken.away = True
    films.index.quietly(asset.id)
    spoken.away = False

    assert texts(spoken) == ["Hello."]


def test_vectors_are_made_once_for_the_same_words_and_go_with_them(films: Films, spoken: MemorySpoken) -> None:
    maker = WordEmbeddings(frozenset({"hello"}), frozenset({"bye"}))
    index = IndexSpoken(films.assets, films.objects, spoken, BUCKET, EmbedPassages(spoken, maker))
    asset = films.film("Hello.")
    films.analyze(asset.id, seen=["Bye"])
    index(asset.id)
    index(asset.id)
    assert sorted(maker.asked) == ["Bye", "Hello."]

    films.caption(asset.id, "Hello, hello.")
    index(asset.id)
    assert maker.asked[2:] == ["Hello, hello."]
    assert {key.split(":")[2] for key in spoken.vectors} == {"ten", PICTURE}
    assert len(spoken.vectors) == 2


def test_a_slow_maker_of_vectors_is_not_waited_for_longer_than_the_caller_can(
    films: Films, spoken: MemorySpoken
) -> None:
    clock = iter(range(0, 10_000, 6))
    embed = EmbedPassages(spoken, WordEmbeddings(), monotonic=lambda: float(next(clock)))
    index = IndexSpoken(films.assets, films.objects, spoken, BUCKET, embed)
    asset = films.film(*[f"Line {number}." for number in range(1000)])
    count = len(spoken.passages)
    embed(asset.id, list(spoken.passages.values()))
    assert len(spoken.vectors) == 2 * BATCH < count

    for _ in range(5):
        index(asset.id)
    assert len(spoken.vectors) == count


def test_without_vectors_a_film_is_found_by_its_words(films: Films, spoken: MemorySpoken) -> None:
    maker = WordEmbeddings()
    maker.away = True
    asset = films.film("Hello.")
    IndexSpoken(films.assets, films.objects, spoken, BUCKET, EmbedPassages(spoken, maker))(asset.id)

    assert (texts(spoken), spoken.vectors) == (["Hello."], {})
