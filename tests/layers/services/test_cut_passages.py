"""What a search finds of a text: passages that lose no word and tear no sentence."""

from __future__ import annotations

from itertools import pairwise

from marquee.domain.analysis import OnScreenText
from marquee.domain.spoken import PICTURE, Origin
from marquee.domain.text_tracks import Cue, TextTrack
from marquee.services.cut_passages import PASSAGE_SECONDS, PASSAGE_WORDS, passages_of_pictures, passages_of_track

ORIGIN = Origin(asset_id="ast_1", asset_version=1, name="ten", edition="3")
TRACK = TextTrack(
    id="ten", asset_version=1, kind="captions", language="en", label="English", source="sphinx", cue_count=1, url="/x"
)


def cues(count: int, *, seconds: float = 3.0, every: float = 3.0, words: int = 8) -> list[Cue]:
    return [
        Cue(
            start_seconds=index * every,
            end_seconds=index * every + seconds,
            text=" ".join(f"w{index}x{number}" for number in range(words)),
        )
        for index in range(count)
    ]


def test_every_line_is_in_a_passage_and_neighbours_share_one() -> None:
    given = cues(40)
    passages = passages_of_track(ORIGIN, TRACK, given)

    assert {line.text for passage in passages for line in passage.lines} == {cue.text for cue in given}
    for one, following in pairwise(passages):
        assert one.lines[-1] == following.lines[0]
    assert all(sum(len(line.text.split()) for line in p.lines) <= PASSAGE_WORDS for p in passages)
    assert all(p.lines[-1].end_seconds - p.lines[0].start_seconds <= PASSAGE_SECONDS for p in passages)


def test_no_passage_goes_over_a_pause() -> None:
    first, second = cues(2, every=20.0)

    assert [len(passage.lines) for passage in passages_of_track(ORIGIN, TRACK, [first, second])] == [1, 1]


def test_a_cue_is_one_line_and_a_very_long_one_several_with_their_share_of_the_time() -> None:
    (short,) = passages_of_track(ORIGIN, TRACK, [Cue(start_seconds=1, end_seconds=2, text="Hello\nthere")])
    (first, *_) = passages_of_track(ORIGIN, TRACK, cues(1, seconds=12.0, words=128))

    assert short.text == "Hello there"
    assert [line.start_seconds for line in first.lines][:2] == [0.0, 3.0]


def test_ids_are_those_of_the_edit_and_in_the_order_of_the_film() -> None:
    ids = [passage.id for passage in passages_of_track(ORIGIN, TRACK, cues(40))]

    assert ids == sorted(ids)
    assert ids[0] == "ast_1:1:ten:3:00000"


def test_what_stands_in_the_picture_is_a_passage_of_its_own() -> None:
    origin = Origin(asset_id="ast_1", asset_version=1, name=PICTURE, edition="e")
    texts = [
        OnScreenText(source="tesseract", confidence=0.9, start_seconds=0, end_seconds=2, text="THE END"),
        OnScreenText(source="tesseract", confidence=0.9, start_seconds=2, end_seconds=4, text="  "),
    ]
    (passage,) = passages_of_pictures(origin, texts, "en")

    assert (passage.kind, passage.text, passage.language) == ("seen", "THE END", "en")


def test_a_track_without_cues_has_no_passages() -> None:
    assert passages_of_track(ORIGIN, TRACK, []) == ()
