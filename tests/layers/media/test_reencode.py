"""Pictures that somebody sent are written anew, or refused with a sentence."""

import io
import struct
import zlib

import pytest
from marquee.domain.errors import InvalidMedia
from marquee.media.reencode import reencode_picture
from PIL import Image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is large, and is not."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_people_send_becomes_a_jpeg_without_its_metadata(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    sent = saved(Image.new("RGB", (640, 360), (200, 40, 40)), kind, exif=exif)

    made = reencode_picture(sent)

    assert (made.width, made.height) == (640, 360)
    assert b"where I live" not in made.jpeg
    with Image.open(io.BytesIO(made.jpeg)) as image:
        assert (image.format, image.size) == ("JPEG", (640, 360))


def test_a_large_turned_picture_stands_upright_and_fits() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    made = reencode_picture(saved(Image.new("RGB", (4000, 3000)), "JPEG", exif=exif))
    assert (made.width, made.height) == (1440, 1920)


def test_a_picture_of_sixteen_bits_keeps_its_shades() -> None:
    made = reencode_picture(saved(Image.new("I;16", (100, 100), 128 << 8), "PNG"))
    with Image.open(io.BytesIO(made.jpeg)) as image:
        assert image.convert("RGB").getpixel((50, 50)) == pytest.approx((128, 128, 128), abs=2)


def test_what_shines_through_is_black() -> None:
    made = reencode_picture(saved(Image.new("RGBA", (100, 100), (255, 255, 255, 0)), "PNG"))
    with Image.open(io.BytesIO(made.jpeg)) as image:
        assert max(image.convert("RGB").getpixel((50, 50))) < 8  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"not a picture", "not_a_picture"),
        (b"", "not_a_picture"),
        (saved(Image.new("RGB", (640, 360)), "GIF"), "not_a_picture"),
        (saved(Image.new("RGB", (640, 360)), "JPEG")[:300], "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><image href='http://127.0.0.1/'/></svg>", "not_a_picture"),
        (saved(Image.new("RGB", (640, 20)), "PNG"), "picture_too_small"),
        (bomb(60_000, 60_000), "picture_too_large"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(sent: bytes, code: str) -> None:
    with pytest.raises(InvalidMedia) as refused:
        reencode_picture(sent)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")
