"""What TMDB answers, as it is read."""

from __future__ import annotations

import pytest
from marquee.adapters.tmdb_answers import read_details, read_page


@pytest.mark.parametrize("path", [None, "", "/../secret", "https://elsewhere.test/x.jpg", "/x.jpg\n"])
def test_a_film_without_a_picture_that_can_be_shown_is_a_film(path: str | None) -> None:
    film = {"id": 603, "title": "The Film", "poster_path": path, "backdrop_path": path}
    (hit,) = read_page({"page": 1, "results": [film]})
    details = read_details(film)

    assert details is not None
    for read in (hit, details):
        assert (read.title, read.poster_path, read.backdrop_path) == ("The Film", None, None)


def test_a_picture_keeps_its_name() -> None:
    (hit,) = read_page({"page": 1, "results": [{"id": 603, "title": "The Film", "poster_path": "/aB-1_.jpg"}]})
    assert (hit.poster_path, hit.backdrop_path) == ("/aB-1_.jpg", None)
