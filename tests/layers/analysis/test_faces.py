"""Faces are found where they are."""

from __future__ import annotations

import numpy as np
import pytest
from marquee.analysis.faces import find_faces

from tests.edited_films import SIZE, card_picture, face_picture


def test_a_face_is_found_with_its_place() -> None:
    (face,) = find_faces(np.array(face_picture().convert("L")), 3.0)
    left, top, width, height = face.box
    assert (left + width / 2, top + height / 2) == pytest.approx((230 / SIZE[0], 170 / SIZE[1]), abs=0.06)
    assert 0.15 < width < 0.35
    assert (face.at_seconds, 0 < face.confidence < 1) == (3.0, True)


def test_neither_noise_nor_writing_has_a_face() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (SIZE[1], SIZE[0]), dtype=np.uint8)
    assert find_faces(noise, 0.0) == []
    assert find_faces(np.array(card_picture("The Ocean").convert("L")), 0.0) == []
