"""Where tiles land on their sheets, and pictures in other sizes."""

import io

import pytest
from marquee.domain.images import ImageFormat
from marquee.domain.media import Storyboard
from marquee.media.pictures import compose_sheets, encode_jpeg, fill_gaps, resize_picture
from PIL import Image

BOARD = Storyboard(interval_seconds=5, tile_count=6, tile_width=160, tile_height=90, columns=2, rows=2)


def plain(color: tuple[int, int, int], size: tuple[int, int] = (160, 90)) -> bytes:
    return encode_jpeg(Image.new("RGB", size, color))


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


@pytest.mark.parametrize(("kind", "name"), [("webp", "WEBP"), ("jpg", "JPEG")])
def test_a_picture_is_made_smaller_in_its_own_shape(kind: ImageFormat, name: str) -> None:
    with Image.open(io.BytesIO(resize_picture(plain((200, 10, 10), (1280, 536)), 320, kind))) as image:
        assert (image.format, image.size) == (name, (320, 134))
        red, green, blue = image.convert("RGB").getpixel((160, 67))  # type: ignore[misc]
    assert red > 180
    assert max(green, blue) < 40


def test_a_picture_is_never_made_larger() -> None:
    with Image.open(io.BytesIO(resize_picture(plain((9, 9, 9), (200, 100)), 320, "jpg"))) as image:
        assert image.size == (200, 100)
