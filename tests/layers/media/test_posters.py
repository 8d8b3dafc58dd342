"""Which frames may stand for a film."""

import random
from collections.abc import Sequence

import pytest
from marquee.media.pictures import encode_jpeg
from marquee.media.posters import Judged, choose, judge
from PIL import Image, ImageFilter


def plain(shade: int) -> bytes:
    return encode_jpeg(Image.new("RGB", (640, 360), (shade, shade, shade)))


def scene(seed: int = 7, *, blur: float = 0, light: float = 1.0) -> bytes:
    """Overlapping boxes of chance colours."""
    chance = random.Random(seed)
    image = Image.new("RGB", (1280, 720))
    for _ in range(400):
        corner = chance.randrange(1280), chance.randrange(720)
        color = tuple(int(chance.randrange(256) * light) for _ in range(3))
        image.paste(color, (*corner, corner[0] + 120, corner[1] + 80))
    return encode_jpeg(image.filter(ImageFilter.GaussianBlur(blur)))


def judged(jpeg: bytes, at_seconds: float = 0.0, faces: Sequence[tuple[float, float]] = ()) -> Judged:
    found = judge(jpeg, at_seconds, lambda _: faces)
    assert found is not None
    return found


def test_measures_lie_between_nought_and_one_and_follow_what_is_seen() -> None:
    sharp, soft, dark = judged(scene()), judged(scene(blur=8)), judged(scene(light=0.08))
    for one in (sharp, soft, dark):
        assert all(0 <= value <= 1 for value in (one.score, one.sharpness, one.exposure, one.contrast))
    assert sharp.size == (1280, 720)
    assert sharp.sharpness > 1.5 * soft.sharpness
    assert sharp.exposure == 1.0
    assert dark.exposure < 0.5
    assert sharp.score > max(soft.score, dark.score)


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_frame_of_one_colour_is_worth_nothing(shade: int) -> None:
    assert judged(plain(shade)).score == 0


def test_of_frames_that_are_as_sharp_the_one_with_a_face_wins() -> None:
    without, with_face = judged(scene(1)), judged(scene(1), 5.0, [(0.7, 0.2)])
    assert (without.faces, with_face.faces) == (0, 1)
    assert with_face.score > without.score
    assert choose([without, judged(scene(2), 9.0, [(0.9, 0.3)])], 1)[0].at_seconds == 9.0


def test_a_face_does_not_save_a_frame_in_which_nothing_is_sharp() -> None:
    assert judged(scene(blur=12), faces=[(0.9, 0.4)]).score < judged(scene()).score


def test_where_faces_are_not_looked_for_nothing_is_said_of_them() -> None:
    found = judge(scene(), 0.0)
    assert found is not None
    assert found.faces is None


def test_candidates_differ_and_stand_best_first() -> None:
    frames = [
        judged(scene(1), 1.0),
        judged(scene(1, blur=1), 2.0),
        judged(scene(2, blur=3), 3.0),
        judged(scene(3), 4.0),
    ]
    chosen = choose(frames, 3)
    assert {one.at_seconds for one in chosen} == {1.0, 3.0, 4.0}
    assert [one.score for one in chosen] == sorted((one.score for one in chosen), reverse=True)


def test_a_film_that_stands_still_still_gives_all_it_has() -> None:
    frames = [judged(scene(1), 1.0), judged(scene(1), 2.0), judged(scene(1, blur=0.5), 3.0)]
    assert [one.at_seconds for one in choose(frames, 3)] == [1.0, 3.0]
    assert choose([], 3) == []


def test_what_is_no_picture_is_no_candidate() -> None:
    assert judge(b"not a picture", 0.0) is None
