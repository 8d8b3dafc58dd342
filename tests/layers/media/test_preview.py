"""The moving preview."""

import io

from marquee.media.pictures import encode_jpeg
from marquee.media.preview import FRAME_MILLISECONDS, FRAMES, compose_preview
from PIL import Image, ImageDraw


def tile(number: int) -> bytes:
    """A picture that says by its light which one it is."""
    image = Image.new("RGB", (240, 136), (number * 4, number * 4, number * 4))
    ImageDraw.Draw(image).rectangle((0, 0, 240, 20), fill=(255, 60, 60))
    return encode_jpeg(image)


def frames(preview: bytes) -> list[int]:
    """The light in the middle of each frame."""
    with Image.open(io.BytesIO(preview)) as image:
        seen = []
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            image.load()
            assert image.info["duration"] % FRAME_MILLISECONDS == 0  # what looks the same is shown longer
            seen.append(image.convert("L").getpixel((120, 90)))
        assert (image.format, image.size, image.info["loop"]) == ("WEBP", (240, 136), 0)
    return seen  # type: ignore[return-value]


def test_it_shows_tiles_from_all_over_the_film_in_order() -> None:
    preview = compose_preview([tile(number) for number in range(50)])

    assert preview is not None
    shown = frames(preview)
    assert len(shown) == FRAMES
    assert shown == sorted(shown)
    assert shown[0] < 30
    assert shown[-1] > 170


def test_nothing_is_shown_of_a_tile_in_which_nothing_is_seen_where_its_neighbour_shows_something() -> None:
    black = encode_jpeg(Image.new("RGB", (240, 136)))
    preview = compose_preview([shown for number in range(FRAMES) for shown in (tile(40 + number), black)])

    assert preview is not None
    assert min(frames(preview)) > 100


def test_a_film_of_one_picture_does_not_move() -> None:
    assert compose_preview([tile(1)]) is None
    assert compose_preview([]) is None
