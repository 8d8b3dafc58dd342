"""Which picture becomes the poster, and where tiles land on their sheets."""

import io
import random

import pytest
from marquee.domain.media import Storyboard
from marquee.media.pictures import best_picture, compose_sheets, encode_jpeg, fill_gaps, picture_score
from PIL import Image, ImageFilter

BOARD = Storyboard(interval_seconds=5, tile_count=6, tile_width=160, tile_height=90, columns=2, rows=2)


def plain(color: tuple[int, int, int], size: tuple[int, int] = (160, 90)) -> bytes:
    return encode_jpeg(Image.new("RGB", size, color))


def scene(*, blur: float = 0, light: float = 1.0) -> bytes:
    chance = random.Random(7)
    image = Image.new("RGB", (640, 360))
    for _ in range(400):
        box = [chance.randrange(640), chance.randrange(360)]
        color = tuple(int(chance.randrange(256) * light) for _ in range(3))
        image.paste(color, (box[0], box[1], box[0] + 60, box[1] + 40))
    return encode_jpeg(image.filter(ImageFilter.GaussianBlur(blur)))


def test_the_sharp_picture_wins() -> None:
    assert best_picture([scene(blur=6), scene(), scene(blur=2)]) == scene()


def test_black_white_and_dim_pictures_lose() -> None:
    assert best_picture([plain((0, 0, 0)), scene(blur=2), plain((255, 255, 255))]) == scene(blur=2)
    assert picture_score(scene(light=0.1)) < picture_score(scene(blur=1))


def test_without_candidates_there_is_no_poster() -> None:
    assert best_picture([]) is None


def test_tiles_stand_row_by_row_on_as_many_sheets_as_needed() -> None:
    colors = [(250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0), (0, 250, 250), (250, 0, 250)]
    sheets = compose_sheets({n: plain(color) for n, color in enumerate(colors)}, BOARD)

    images = [Image.open(io.BytesIO(sheet)) for sheet in sheets]
    assert [image.size for image in images] == [(320, 180), (320, 90)]
    centers = [images[n // 4].getpixel((80 + 160 * (n % 2), 45 + 90 * (n % 4 // 2))) for n in range(6)]
    for seen, meant in zip(centers, colors, strict=True):
        assert isinstance(seen, tuple)
        assert max(abs(a - b) for a, b in zip(seen, meant, strict=True)) < 25


def test_tiles_of_another_size_are_fitted() -> None:
    sheet = compose_sheets({0: plain((9, 9, 9), (320, 180))}, BOARD.model_copy(update={"tile_count": 1}))[0]

    assert Image.open(io.BytesIO(sheet)).size == (160, 90)


def test_missing_tiles_show_the_nearest_earlier_one() -> None:
    assert fill_gaps([0, 3], 6) == [0, 0, 0, 3, 3, 3]
    assert fill_gaps([2], 4) == [2, 2, 2, 2]
    with pytest.raises(ValueError, match="at least one"):
        fill_gaps([], 3)
