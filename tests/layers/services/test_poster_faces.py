"""Faces count for the poster: what OpenCV sees in a frame reaches its score."""

import io

import pytest
from marquee.media.pictures import encode_jpeg
from marquee.media.posters import Faces, choose, judge
from marquee.services.poster_faces import face_finder
from PIL import Image, ImageDraw

from tests.edited_films import face_picture


@pytest.fixture(scope="module")
def faces() -> Faces:
    found = face_finder()
    assert found is not None
    return found


def covered() -> bytes:
    """The same picture with a board before the face: as sharp, as light."""
    picture = face_picture()
    ImageDraw.Draw(picture).rectangle((140, 60, 320, 300), fill=(120, 110, 100))
    return encode_jpeg(picture)


def test_a_face_is_seen_and_its_frame_becomes_the_poster(faces: Faces) -> None:
    with_face, without = judge(encode_jpeg(face_picture()), 8.0, faces), judge(covered(), 2.0, faces)

    assert with_face is not None
    assert without is not None
    assert (with_face.faces, without.faces) == (1, 0)
    assert with_face.prominence > 0.3
    assert choose([without, with_face], 1) == [with_face]


def test_a_frame_in_which_nobody_is_has_no_face(faces: Faces) -> None:
    out = io.BytesIO()
    Image.effect_mandelbrot((1280, 720), (-2, -1.2, 1, 1.2), 60).convert("RGB").save(out, "JPEG")
    judged = judge(out.getvalue(), 0.0, faces)
    assert judged is not None
    assert judged.faces == 0
