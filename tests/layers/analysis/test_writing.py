"""Which pictures may have writing, and how long the same writing stands."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from marquee.analysis.ocr import read_writing
from marquee.analysis.writing import WritingWatch, find_lines
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tests.edited_films import SIZE, card_picture

Picture = NDArray[np.uint8]


def grey(picture: Image.Image) -> Picture:
    return np.array(picture.convert("L"))


def watch(*pictures: Picture) -> list[tuple[float, float]]:
    return [(stretch.first, stretch.last) for stretch in watched(*pictures).close()]


def watched(*pictures: Picture, duration_seconds: float = 60.0) -> WritingWatch:
    looking = WritingWatch(duration_seconds)
    for index, picture in enumerate(pictures):
        looking.look(picture, index / 2)
    return looking


ONE, OTHER = grey(card_picture("The Deep Sea")), grey(card_picture("Mountains", ground="white", letters="black"))
EMPTY = grey(Image.new("RGB", SIZE, "navy"))


def test_writing_is_seen_and_stands_alone_on_a_card() -> None:
    mask, alone = find_lines(ONE)
    assert mask.any()
    assert alone > 0.9


def test_neither_one_colour_nor_noise_is_writing() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (SIZE[1], SIZE[0]), dtype=np.uint8)
    assert watch(EMPTY, noise) == []


def test_the_same_writing_is_one_stretch_and_other_writing_another() -> None:
    assert watch(EMPTY, ONE, ONE, ONE, OTHER, OTHER, EMPTY, OTHER) == [(0.5, 1.5), (2.0, 2.5), (3.5, 3.5)]


def test_of_writing_that_fades_in_the_clearest_picture_is_kept() -> None:
    faint = (ONE * 0.5).astype(np.uint8)
    (stretch,) = watched(faint, ONE, faint).close()
    with Image.open(io.BytesIO(stretch.picture)) as picture:
        assert picture.getextrema() == (13, 255)
    assert stretch.is_steady
    assert stretch.alone > 0.9


def test_of_more_than_can_be_read_the_longest_are_kept_and_the_rest_counted() -> None:
    pictures = [picture for _ in range(14) for picture in (ONE, ONE, EMPTY, OTHER, OTHER, OTHER, EMPTY)]
    looking = watched(*pictures, duration_seconds=60.0)
    kept = looking.close()
    assert (len(kept), looking.left_out) == (14, 14)
    assert {stretch.last - stretch.first for stretch in kept} == {1.0}
    assert [stretch.first for stretch in kept] == sorted(stretch.first for stretch in kept)


def leaves(seed: int) -> Image.Image:
    """Something as steep as letters, all over the picture."""
    grain = np.random.default_rng(seed).integers(0, 120, (60, 107), dtype=np.uint8)
    return Image.fromarray(grain).resize(SIZE, Image.Resampling.BICUBIC)


def over_leaves(seed: int, text: str = "Market Street") -> Picture:
    picture = leaves(seed)
    middle, font = (SIZE[0] / 2, SIZE[1] * 0.8), ImageFont.load_default(36)
    ImageDraw.Draw(picture).text(middle, text, 255, font, anchor="mm", stroke_width=2, stroke_fill=0)
    return grey(picture)


def test_writing_that_stands_while_all_behind_it_moves_is_one_stretch_and_becomes_as_print(tmp_path: Path) -> None:
    pictures = [grey(leaves(0)), *(over_leaves(seed) for seed in range(1, 6)), grey(leaves(6))]

    (stretch,) = (found for found in watched(*pictures).close() if found.is_steady)

    assert (stretch.first, stretch.last) == (0.5, 2.5)
    assert [line.text for line in read_writing([stretch.picture], tmp_path)[0]] == ["Market Street"]


def test_letters_two_fifths_as_high_as_the_picture_are_writing() -> None:
    assert watch(EMPTY, *[grey(card_picture("FIN", size=200))] * 2, EMPTY) == [(0.5, 1.0)]
