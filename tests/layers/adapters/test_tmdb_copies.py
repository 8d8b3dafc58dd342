"""The contract of `TmdbCopies`, on the fake and on a real database; and what purging makes of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from marquee.adapters.database import Database
from marquee.adapters.movies import DatabaseMovies
from marquee.adapters.tmdb_copies import DatabaseTmdbCopies
from marquee.domain.movie_source import TmdbMovie
from marquee.domain.movies import Movie
from marquee.services.purge_tmdb import PurgeReport, PurgeTmdb

from tests.fakes_tmdb import MemoryMovieSource, MemoryTmdbCopies

pytestmark = pytest.mark.contract

START = datetime(2026, 1, 1, tzinfo=UTC)


class DatabaseCatalogue(DatabaseTmdbCopies):
    """The real ledger beside real movies, in a database of its own, with what tests do to them."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._movies = DatabaseMovies(database)

    def give(self, movie_id: str, tmdb_id: int | None, poster_path: str | None, backdrop_path: str | None) -> None:
        new = Movie(
            id=movie_id,
            title="A film",
            tmdb_id=tmdb_id,
            poster_path=poster_path,
            backdrop_path=backdrop_path,
            created_at=START,
            updated_at=START,
        )
        old = self._movies.get(movie_id)
        if old is None:
            self._movies.add(new)
        else:
            assert self._movies.replace(new.model_copy(update={"version": old.version + 1}), old.version)

    def pictures(self, movie_id: str) -> tuple[str | None, str | None]:
        movie = self._movies.get(movie_id)
        assert movie is not None
        return movie.poster_path, movie.backdrop_path


Catalogue = MemoryTmdbCopies | DatabaseCatalogue


@pytest.fixture(params=["memory", "database"])
def copies(request: pytest.FixtureRequest) -> Iterator[Catalogue]:
    if request.param == "memory":
        yield MemoryTmdbCopies()
        return
    uri, name = request.getfixturevalue("database_uri"), f"copies_{uuid.uuid4().hex[:12]}"
    database = Database(lambda: uri, name)
    yield DatabaseCatalogue(database)
    database.run("movies", lambda movies: movies.database.client.drop_database(name))
    database.close()


def run(copies: Catalogue, source: MemoryMovieSource, days: float) -> PurgeReport:
    return PurgeTmdb(copies, source, clock=lambda: START + timedelta(days=days))()


def test_pictures_are_as_old_as_they_are_however_often_the_movie_is_edited(copies: Catalogue) -> None:
    copies.give("mov_1", 7, "/p.jpg", None)
    copies.give("mov_2", None, None, None)
    assert copies.note(START) == 1
    copies.give("mov_1", 8, "/p.jpg", None)
    copies.note(START + timedelta(days=100))

    (copy,) = copies.since_before(START + timedelta(days=1))
    assert (copy.movie_id, copy.tmdb_id, copy.since) == ("mov_1", 8, START)

    copies.give("mov_1", 8, "/other.jpg", None)
    copies.note(START + timedelta(days=100))
    assert copies.since_before(START + timedelta(days=1)) == []


def test_what_grows_old_is_read_anew(copies: Catalogue) -> None:
    source = MemoryMovieSource(TmdbMovie(tmdb_id=7, title="A film", poster_path="/new.jpg"))
    copies.give("mov_1", 7, "/p.jpg", "/b.jpg")
    assert run(copies, source, 0) == PurgeReport(known=1, renewed=0, purged=0)
    assert run(copies, source, 149) == PurgeReport(known=1, renewed=0, purged=0)
    assert run(copies, source, 151) == PurgeReport(known=1, renewed=1, purged=0)

    assert copies.pictures("mov_1") == ("/new.jpg", None)
    assert run(copies, source, 300) == PurgeReport(known=1, renewed=0, purged=0)
    assert source.asked == [7]


@pytest.mark.parametrize("ailment", ["away", "stale", "no number"])
def test_what_cannot_be_read_anew_is_gone_within_180_days(copies: Catalogue, ailment: str) -> None:
    source = MemoryMovieSource(TmdbMovie(tmdb_id=7, title="A film", poster_path="/new.jpg"))
    source.away = ailment == "away"
    source.source = "stale" if ailment == "stale" else "tmdb"
    copies.give("mov_1", None if ailment == "no number" else 7, "/p.jpg", "/b.jpg")
    run(copies, source, 0)
    run(copies, source, 176)
    assert copies.pictures("mov_1") == ("/p.jpg", "/b.jpg")

    assert run(copies, source, 178).purged == 1
    assert copies.pictures("mov_1") == (None, None)
    assert run(copies, source, 179) == PurgeReport(known=0, renewed=0, purged=0)


def test_an_edit_between_looking_and_replacing_wins(copies: Catalogue) -> None:
    copies.give("mov_1", 7, "/p.jpg", None)
    copies.note(START)
    (copy,) = copies.since_before(START + timedelta(days=1))
    copies.give("mov_1", 7, "/edited.jpg", None)

    assert not copies.replace(copy, "/new.jpg", None, START)
    assert copies.pictures("mov_1") == ("/edited.jpg", None)
