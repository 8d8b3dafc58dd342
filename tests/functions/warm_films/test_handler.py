"""`warm_films` through its real entry."""

from marquee.domain.movie_source import TmdbMovie
from warm_films.handler import lambda_handler
from warm_films.wiring import wiring

from tests.fakes_tmdb import MemoryMovieSource
from tests.platform import CONTEXT, Platform

FILMS = [TmdbMovie(tmdb_id=number, title=f"Film {number}") for number in range(1, 31)]


def test_popular_films_are_read_with_their_details(platform: Platform) -> None:
    source = MemoryMovieSource(*FILMS)
    with platform.within(wiring, movie_source=source):
        report = lambda_handler({}, CONTEXT)

    assert report == {"asked": 32, "kept": 0, "stopped": False}
    assert source.asked == [film.tmdb_id for film in FILMS]


def test_what_is_in_the_cache_counts_as_kept(platform: Platform) -> None:
    source = MemoryMovieSource(*FILMS[:3])
    source.source = "cache"
    with platform.within(wiring, movie_source=source):
        assert lambda_handler({}, CONTEXT) == {"asked": 0, "kept": 5, "stopped": False}


def test_a_sick_tmdb_is_left_alone(platform: Platform) -> None:
    source = MemoryMovieSource(*FILMS)
    source.away = True
    with platform.within(wiring, movie_source=source):
        assert lambda_handler({}, CONTEXT) == {"asked": 0, "kept": 0, "stopped": True}
    assert source.asked == []
