"""What fails while a film is looked at is said, and the rest is told."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest
from marquee.analysis.local_analyst import LocalAnalyst
from marquee.analysis.look import Size, look_at_pictures
from marquee.analysis.material import Material
from marquee.domain.analysis import Analysis
from marquee.domain.deadline import Deadline
from marquee.domain.errors import OutputMismatch
from marquee.media.failures import CorruptSource

from tests.edited_films import RATE, Scene, edited_film
from tests.films import run_ffmpeg
from tests.layers.analysis.test_local_analyst import material

SCENES = (Scene("testsrc2=s=640x360:r=25", 40), Scene("card:The End", 40))


def analyze(given: Material) -> Analysis:
    return LocalAnalyst(imageio_ffmpeg.get_ffmpeg_exe()).analyze(given)


def test_without_tesseract_all_but_the_writing_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = material(edited_film(SCENES), tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = analyze(given)
    assert [shot.start_seconds for shot in found.shots] == [0.0, 40 / RATE]
    assert found.on_screen_text == ()
    assert set(found.missing) == {"on_screen_text"}


def test_sound_that_cannot_be_heard_is_said(tmp_path: Path) -> None:
    given = material(edited_film(SCENES), tmp_path)
    assert given.sound is not None
    given.sound.write_bytes(b"no sound")
    found = analyze(given)
    assert set(found.missing) == {"loudness", "silence"}
    assert found.on_screen_text[-1].text == "The End"


def test_of_a_film_that_is_too_long_its_beginning_is_told_and_that_it_is_no_more(tmp_path: Path) -> None:
    given = material(edited_film(SCENES), tmp_path)
    ticks = map(float, itertools.count())
    found = analyze(replace(given, deadline=Deadline(100, monotonic=lambda: next(ticks))))

    looked_until = found.shots[-1].end_seconds
    assert 40 / RATE < looked_until < given.duration_seconds
    assert [shot.start_seconds for shot in found.shots] == [0.0, 40 / RATE]
    assert set(found.missing) == {"shots", "black", "faces", "on_screen_text", "loudness", "silence"}
    assert found.chapters[-1].end_seconds == given.duration_seconds


def test_without_pictures_there_is_no_analysis(tmp_path: Path) -> None:
    given = material(edited_film(SCENES), tmp_path)
    given.pictures.write_bytes(b"no film")
    with pytest.raises(CorruptSource):
        analyze(given)


def test_samples_of_another_size_than_planned_are_not_taken_for_pictures(tmp_path: Path) -> None:
    given = material(edited_film(SCENES), tmp_path)
    with pytest.raises(OutputMismatch):
        look_at_pictures(
            imageio_ffmpeg.get_ffmpeg_exe(),
            given.pictures,
            Size(640, 358),
            lambda at, pixels: None,
            duration_seconds=given.duration_seconds,
        )


@pytest.mark.parametrize("size", [Size(64, 36), Size(90, 160)], ids=["tiny", "portrait"])
def test_small_and_upright_films_are_looked_at_too(tmp_path: Path, size: Size) -> None:
    scale = f"scale={size.width}:{size.height},setsar=1"
    run_ffmpeg(("-i", str(edited_film(SCENES).pictures), "-vf", scale, "film.mp4"), folder=tmp_path)
    told: list[float] = []
    found = analyze(Material(tmp_path / "film.mp4", size, None, 80 / RATE, on_fraction=told.append))
    assert [shot.start_seconds for shot in found.shots] == [0.0, 40 / RATE]
    assert told
    assert told[-1] <= 1.0
