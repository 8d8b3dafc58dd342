"""A whole made film is looked at: what is known of it to the frame is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import imageio_ffmpeg
import pytest
from marquee.analysis.local_analyst import LocalAnalyst
from marquee.analysis.look import Size
from marquee.analysis.material import Material
from marquee.domain.analysis import Analysis
from marquee.domain.speech import Transcript

from tests.edited_films import RATE, SIZE, EditedFilm, Scene, edited_film
from tests.spoken_words import spoken

FRAME = 1 / RATE
TALK = {
    3.5: "whales and dolphins swim below the waves and the ocean is full of fish and coral",
    25.0: "rivers run from the mountains and the mountains are high and snow melts into rivers and valleys",
    50.0: "streets of the city are bright at night and lights of the city shine over streets and bridges",
}


def material(film: EditedFilm, folder: Path, transcript: Transcript | None = None) -> Material:
    shutil.copy(film.pictures, folder / "pictures.mp4")
    shutil.copy(film.sound, folder / "sound.mp4")
    return Material(
        folder / "pictures.mp4", Size(*SIZE), folder / "sound.mp4", film.duration_seconds, transcript=transcript
    )


@pytest.fixture(scope="module")
def film() -> EditedFilm:
    return edited_film()


@pytest.fixture(scope="module")
def found(film: EditedFilm, tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    folder = tmp_path_factory.mktemp("analysis")
    analyst = LocalAnalyst(imageio_ffmpeg.get_ffmpeg_exe())
    return analyst.analyze(material(film, folder, spoken(TALK)))


def test_shots_begin_at_exactly_the_frames_where_scenes_begin(film: EditedFilm, found: Analysis) -> None:
    assert [round(shot.start_seconds * RATE) for shot in found.shots] == film.starts


def test_shots_cover_the_film(film: EditedFilm, found: Analysis) -> None:
    ends = [shot.end_seconds for shot in found.shots]
    assert [shot.start_seconds for shot in found.shots] == [0.0, *ends[:-1]]
    assert ends[-1] == film.duration_seconds


def test_black_is_told_from_dark_cards(film: EditedFilm, found: Analysis) -> None:
    assert [span.start_seconds for span in found.black] == pytest.approx(film.starts_of("color=black"), abs=FRAME)
    assert [span.end_seconds for span in found.black] == pytest.approx(film.starts_of("card")[1:3], abs=FRAME)


def test_silence_and_loudness_are_measured(film: EditedFilm, found: Analysis) -> None:
    silent = film.starts_of("color=black")
    assert [span.start_seconds for span in found.silence] == pytest.approx(
        [0.0, *silent, film.starts_of("card")[3]], abs=0.1
    )
    assert found.silence[-1].end_seconds == pytest.approx(film.duration_seconds, abs=0.05)
    assert found.loudness is not None
    # a sine wave of an eighth of the range; where it is switched it reaches a little higher
    assert found.loudness.true_peak_dbfs == pytest.approx(-17.5, abs=1.5)
    assert found.loudness.integrated_lufs == pytest.approx(-21.6, abs=1.0)


def test_title_cards_are_read_with_their_exact_times(film: EditedFilm, found: Analysis) -> None:
    texts = [
        (text.text, text.start_seconds) for text in found.on_screen_text if text.end_seconds - text.start_seconds > 1
    ]
    cards = ["The Deep Sea\nA short film", "Mountains and Rivers", "The City at Night", "The End"]
    assert [pair for pair in texts if pair[0] in cards] == list(zip(cards, film.starts_of("card"), strict=True))


def test_a_face_is_found_where_it_is_and_nowhere_else(film: EditedFilm, found: Analysis) -> None:
    start = film.starts_of("face")[0]
    assert found.faces
    for face in found.faces:
        assert start <= face.at_seconds < start + 77 / RATE
        left, top, width, height = face.box
        assert (left + width / 2, top + height / 2) == pytest.approx((230 / 640, 170 / 360), abs=0.08)


def test_chapters_begin_at_the_cards_and_are_called_as_they_are(film: EditedFilm, found: Analysis) -> None:
    cards = film.starts_of("card")
    assert [chapter.start_seconds for chapter in found.chapters] == cards[:3]
    assert [chapter.title for chapter in found.chapters] == [
        "The Deep Sea A short film",
        "Mountains and Rivers",
        "The City at Night",
    ]


def test_chapters_cover_the_film_without_gaps(film: EditedFilm, found: Analysis) -> None:
    assert found.chapters[0].start_seconds == 0.0
    assert found.chapters[-1].end_seconds == film.duration_seconds
    for one, following in zip(found.chapters, found.chapters[1:], strict=False):
        assert one.end_seconds == following.start_seconds


def test_words_tell_language_and_keywords(found: Analysis) -> None:
    assert found.language is not None
    assert found.language.language == "en"
    assert {"rivers", "coral"} <= {word for keyword in found.keywords for word in keyword.text.casefold().split()}


def test_nothing_is_said_that_is_not_in_the_film(found: Analysis) -> None:
    said = " ".join([*TALK.values(), *(text.text for text in found.on_screen_text)]).casefold().split()
    told = [keyword.text for keyword in found.keywords] + [chapter.title or "" for chapter in found.chapters]
    told += [tag.text for tag in found.suggestions.tags]
    assert {word for text in told for word in text.casefold().split()} <= set(said)
    assert found.suggestions.description is None


def test_every_value_has_a_source_and_a_confidence(found: Analysis) -> None:
    values = [*found.shots, *found.black, *found.silence, *found.faces, *found.on_screen_text, *found.keywords]
    values += [*found.chapters, found.loudness, found.language, found.moderation]
    assert all(value is not None and value.source and 0 <= value.confidence <= 1 for value in values)


def test_nobody_has_moderated(found: Analysis) -> None:
    assert found.moderation.state == "not_examined"


def test_a_film_without_sound_or_words_has_shots_and_one_chapter(tmp_path: Path) -> None:
    film = edited_film((Scene("testsrc2=s=640x360:r=25", 60), Scene("smptebars=s=640x360:r=25", 60)))
    given = material(film, tmp_path)
    silent = Material(given.pictures, given.size, None, given.duration_seconds)
    found = LocalAnalyst(imageio_ffmpeg.get_ffmpeg_exe()).analyze(silent)
    assert [shot.start_seconds for shot in found.shots] == [0.0, 60 / RATE]
    assert [(chapter.start_seconds, chapter.end_seconds, chapter.title) for chapter in found.chapters] == [
        (0.0, film.duration_seconds, None)
    ]
    assert (found.loudness, found.language, found.keywords, found.silence) == (None, None, (), ())
