"""Which pictures may have writing, and how long the same writing stands."""

from __future__ import annotations

import numpy as np
from marquee.analysis.writing import WritingWatch, find_lines
from numpy.typing import NDArray
from PIL import Image

from tests.edited_films import SIZE, card_picture

Picture = NDArray[np.uint8]


def grey(picture: Image.Image) -> Picture:
    return np.array(picture.convert("L"))


def watch(*pictures: Picture) -> list[tuple[float, float]]:
    looking = WritingWatch()
    for index, picture in enumerate(pictures):
        looking.look(picture, index / 2)
    return [(stretch.first, stretch.last) for stretch in looking.stretches]


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
    looking = WritingWatch()
    faint = (ONE * 0.5).astype(np.uint8)
    for index, picture in enumerate((faint, ONE, faint)):
        looking.look(picture, index / 2)
    (stretch,) = looking.stretches
    assert stretch.picture.max() == 255
    assert stretch.is_steady
