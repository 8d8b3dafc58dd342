"""Services are asked about pictures and words; one that refuses leaves its part out, and the film is not lost."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest
from marquee.analysis.amazon_analyst import AmazonAnalyst
from marquee.analysis.examining import MOST_PICTURES, choose_times, moderate
from marquee.domain.analysis import Analysis, Span
from marquee.domain.analysis_services import ModelRefused, Sighting
from marquee.domain.deadline import Deadline
from marquee.domain.errors import PermanentError, TransientError
from PIL import Image

from tests.edited_films import RATE, SIZE, Scene, edited_film
from tests.fakes_analysis import FakeExaminer, FakeModel
from tests.layers.analysis.test_local_analyst import material

SCENES = (Scene("color=red:s=640x360:r=25", 60), Scene("color=blue:s=640x360:r=25", 50), Scene("card:The End", 50))
RED, BLUE = (1.2, 3.4)


def colour(picture: bytes) -> str:
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == SIZE
        red, _, blue = image.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    return "red" if red > 100 else "blue" if blue > 100 else "dark"


def sees(picture: bytes) -> Sequence[Sighting]:
    return [Sighting(name=colour(picture), confidence=0.95), Sighting(name="Picture", confidence=0.8)]


def analyze(examiner: FakeExaminer, model: FakeModel | None, folder: Path) -> Analysis:
    analyst = AmazonAnalyst(imageio_ffmpeg.get_ffmpeg_exe(), examiner, model)
    return analyst.analyze(material(edited_film(SCENES), folder))


def test_each_shot_is_shown_once_and_told_with_its_time(tmp_path: Path) -> None:
    found = analyze(FakeExaminer(sees), None, tmp_path)
    middles = (30 / RATE, 85 / RATE, 135 / RATE)
    assert {label.name: label.at_seconds for label in found.labels} == {
        "Picture": middles,
        "red": middles[:1],
        "blue": middles[1:2],
        "dark": middles[2:],
    }
    assert {label.source for label in found.labels} == {"examiner"}
    assert (found.provider, found.moderation.state, found.missing) == ("amazon", "clear", {})


def test_a_film_that_there_is_no_time_to_look_at_is_still_judged_as_a_whole(tmp_path: Path) -> None:
    examiner = FakeExaminer(sees, lambda picture: [Sighting(name="Violence", confidence=0.7)])
    given = replace(material(edited_film(SCENES), tmp_path), deadline=Deadline(0))
    found = AmazonAnalyst(imageio_ffmpeg.get_ffmpeg_exe(), examiner).analyze(given)

    assert (found.shots, found.moderation.state) == ((), "flagged")
    assert found.moderation.reasons[0].at_seconds == (80 / RATE,)
    assert found.chapters[-1].end_seconds == given.duration_seconds


def test_one_picture_makes_a_film_flagged_with_the_reason_and_the_time(tmp_path: Path) -> None:
    def objects(picture: bytes) -> Sequence[Sighting]:
        return [Sighting(name="Violence", confidence=0.7)] if colour(picture) == "blue" else []

    moderation = analyze(FakeExaminer(sees, objects), None, tmp_path).moderation
    assert (moderation.state, moderation.confidence) == ("flagged", 0.7)
    assert [(reason.name, reason.at_seconds) for reason in moderation.reasons] == [("Violence", (85 / RATE,))]


def test_a_service_that_refuses_leaves_its_part_out(tmp_path: Path) -> None:
    def refuses(_: bytes) -> Sequence[Sighting]:
        raise PermanentError("The picture was refused.")

    found = analyze(FakeExaminer(refuses, refuses), FakeModel(ModelRefused("It declined.")), tmp_path)
    assert found.moderation.state == "not_examined"
    assert found.missing == {
        "labels": "The picture was refused.",
        "moderation": "The picture was refused.",
        "suggestions": "It declined.",
    }
    assert len(found.shots) == 3
    assert [text.text for text in found.on_screen_text] == ["The End"]


def test_a_service_that_is_away_is_asked_again_later(tmp_path: Path) -> None:
    def away(_: bytes) -> Sequence[Sighting]:
        raise TransientError("away")

    with pytest.raises(TransientError):
        analyze(FakeExaminer(away), None, tmp_path)


def test_the_model_is_told_what_was_seen(tmp_path: Path) -> None:
    model = FakeModel({"tags": [{"text": "Picture", "evidence": [1]}, {"text": "Elephants", "evidence": [2]}]})
    found = analyze(FakeExaminer(sees), model, tmp_path)
    assert "seen: Picture" in model.prompts[0]
    assert [tag.text for tag in found.suggestions.tags] == ["Picture"]


def span(start: float, end: float) -> Span:
    return Span(source="s", confidence=1, start_seconds=start, end_seconds=end)


def test_the_longer_shots_of_a_film_of_many_are_shown() -> None:
    shots = [span(n * 2.0, n * 2 + 2.0) for n in range(200)] + [span(400, 500)]
    times = choose_times(shots)
    assert len(times) == MOST_PICTURES
    assert times == sorted(times)
    assert sum(at > 400 for at in times) >= 9


def test_a_film_of_one_shot_is_shown_more_than_once() -> None:
    assert len(choose_times([span(0, 600)])) == MOST_PICTURES
    assert choose_times([span(0, 4)]) == [2.0]
    assert choose_times([]) == []


def test_of_nothing_nothing_is_clear() -> None:
    assert moderate(FakeExaminer(), []).state == "not_examined"
