"""Of what a language model proposes only that is kept which stands in the film."""

from __future__ import annotations

from typing import Any

import pytest
from marquee.analysis.describing import MAX_TOKENS, describe
from marquee.analysis.evidence import MOST_CHARACTERS, Evidence, Line, gather_evidence
from marquee.domain.analysis import Analysis, Chapter, Label, Moderation, OnScreenText, Span, Suggestion, Suggestions
from marquee.domain.analysis_services import ModelRefused
from marquee.domain.speech import Word

from tests.fakes_analysis import FakeModel
from tests.spoken_words import spoken

DURATION = 60.0
WORDS = spoken({1.0: "whales swim in the deep ocean", 30.0: "the city shines at night"}).words
LOCAL = Suggestions(title=Suggestion(source="tesseract", confidence=0.9, text="The Sea"))


def analysis(**changes: Any) -> Analysis:
    cuts = [0.0, 12.0, 29.5, 50.0]
    shots = [
        Span(source="s", confidence=1, start_seconds=start, end_seconds=end)
        for start, end in zip(cuts, [*cuts[1:], DURATION], strict=True)
    ]
    whole = Chapter(source="whole_film", confidence=1, start_seconds=0, end_seconds=DURATION)
    return Analysis(
        provider="amazon",
        duration_seconds=DURATION,
        shots=tuple(shots),
        on_screen_text=(OnScreenText(source="t", confidence=1, start_seconds=0, end_seconds=3, text="The\nSea"),),
        labels=(Label(source="l", confidence=1, name="Harbour", at_seconds=(40.0,)),),
        moderation=Moderation(source="x", confidence=0, state="not_examined"),
        chapters=(whole,),
        suggestions=LOCAL,
    ).model_copy(update=changes)


def said(**answer: Any) -> Analysis:
    return describe(FakeModel(answer), analysis(), WORDS)


def test_the_model_sees_numbered_lines_places_and_a_cap() -> None:
    model = FakeModel({})
    describe(model, analysis(), WORDS)
    assert "[1] 0.0s written: The Sea\n[2] 1.0s said: whales swim in the deep ocean\n" in model.prompts[0]
    assert "[4] 40.0s seen: Harbour\n" in model.prompts[0]
    assert "0.0, 12.0, 29.5, 50.0" in model.prompts[0]
    assert model.caps == [MAX_TOKENS]


def test_what_rests_on_its_lines_is_taken_with_its_source() -> None:
    found = said(
        title={"text": "Whales of the deep ocean", "evidence": [2]},
        description={"text": "Whales swim in the ocean; a city shines at night.", "evidence": [2, 3]},
        tags=[{"text": "whales", "evidence": [2]}, {"text": "night", "evidence": [3]}],
    ).suggestions
    assert found.title == Suggestion(source="model", confidence=1.0, text="Whales of the deep ocean")
    assert found.description is not None
    assert [tag.text for tag in found.tags] == ["whales", "night"]


@pytest.mark.parametrize(
    "title",
    [
        {"text": "Moby Dick", "evidence": [2]},
        {"text": "The city shines", "evidence": [2]},
        {"text": "Whales swim", "evidence": [99]},
        {"text": "whales " * 100, "evidence": [2]},
    ],
    ids=["invented", "stands in another line", "no such line", "too long"],
)
def test_what_the_film_does_not_bear_out_is_left_out(title: dict[str, Any]) -> None:
    found = said(title=title, tags=[title], description=title).suggestions
    assert (found.title, found.description, found.tags) == (LOCAL.title, None, ())


def test_chapters_lie_on_cuts_and_cover_the_film() -> None:
    chapters = said(
        chapters=[
            {"start_seconds": 0, "title": "Whales", "evidence": [2]},
            {"start_seconds": 29.9, "title": "Atlantis", "evidence": [3]},
        ]
    ).chapters
    assert [(c.start_seconds, c.end_seconds, c.title, c.title_source) for c in chapters] == [
        (0.0, 29.5, "Whales", "model"),
        (29.5, 60.0, None, None),
    ]


@pytest.mark.parametrize(
    "starts",
    [[0.0], [12.0, 29.5], [0.0, 20.0], [0.0, 29.5, 12.0], [0.0, 50.0, 50.0], [0.0, 1e9]],
    ids=["one", "gap at the beginning", "no cut there", "backwards", "twice", "behind the end"],
)
def test_chapters_that_do_not_fit_leave_those_that_were_found(starts: list[float]) -> None:
    chapters = [{"start_seconds": at, "title": "Whales", "evidence": [2]} for at in starts]
    assert said(chapters=chapters).chapters == analysis().chapters


@pytest.mark.parametrize("answer", [{"title": "Whales"}, {"chapters": [{}]}, {"tags": "many"}, []], ids=str)
def test_an_answer_in_another_form_is_a_refusal(answer: Any) -> None:
    with pytest.raises(ModelRefused):
        describe(FakeModel(answer), analysis(), WORDS)


def test_of_a_film_without_words_the_model_is_not_asked() -> None:
    model = FakeModel({})
    mute = analysis(on_screen_text=(), labels=())
    assert describe(model, mute, ()) == mute
    assert model.prompts == []


def test_much_evidence_is_thinned_out_over_the_whole_film() -> None:
    long = tuple(
        Word(text=f"wonderful{n}", start_seconds=n / 2, end_seconds=n / 2 + 0.4, confidence=1) for n in range(20_000)
    )
    evidence = gather_evidence(analysis(), long)
    assert len(str(evidence)) <= MOST_CHARACTERS
    assert evidence.lines[-1].start_seconds > 9_500


def test_words_are_compared_without_their_endings_and_mortar() -> None:
    evidence = Evidence((Line(0, "said", "he swims with whales"), Line(1, "said", "they were shining")))
    assert evidence.grounds("The whale swims") == 1.0
    assert evidence.grounds("The whale and the shark") == 0.5
    assert evidence.grounds("a b c") == 0.0
