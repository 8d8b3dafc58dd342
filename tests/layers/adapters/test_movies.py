"""The contract of `MovieStore`, on the fake and on the real database with its indexes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from marquee.adapters.assets import DatabaseAssets
from marquee.adapters.database import Database, connect
from marquee.adapters.movies import DatabaseMovies
from marquee.adapters.schema import DatabaseSchema
from marquee.adapters.watch_progress import DatabaseWatch
from marquee.domain import ids
from marquee.domain.assets import Asset
from marquee.domain.clock import utc_now
from marquee.domain.movie_store import MovieStore, TmdbIdTaken
from marquee.domain.movies import Movie, MovieFilter
from marquee.domain.watch_stores import Kept, WatchKey
from marquee.domain.watching import Playback, Watched

from tests.fakes_movies import MemoryMovies

pytestmark = pytest.mark.contract
NOW = utc_now()
ANY = MovieFilter()


@pytest.fixture(scope="module")
def catalogue(database_uri: str) -> Iterator[Database]:
    """A database of this module alone: what is found depends on all that is there."""
    name = f"movies_{uuid.uuid4().hex[:12]}"
    database = Database(lambda: database_uri, name)
    DatabaseSchema(database).create_missing_indexes()
    yield database
    database.close()
    client = connect(database_uri)
    client.drop_database(name)
    client.close()


@pytest.fixture(params=["memory", "database"])
def movies(request: pytest.FixtureRequest) -> MovieStore:
    if request.param == "memory":
        return MemoryMovies()
    database: Database = request.getfixturevalue("catalogue")
    for collection in ("movies", "assets"):
        database.run(collection, lambda target: target.delete_many({}))
    return DatabaseMovies(database)


def movie(title: str, **fields: Any) -> Movie:
    return Movie(id=ids.new_movie_id(), title=title, created_at=NOW, updated_at=NOW, **fields)


def added(movies: MovieStore, title: str, **fields: Any) -> Movie:
    made = movie(title, **fields)
    movies.add(made)
    return made


def titles(found: Any) -> list[str]:
    return [each.title for each in found]


def test_what_is_added_is_read_back_whole(movies: MovieStore) -> None:
    made = added(movies, "Heat", year=1995, genres=("Crime", "Drama"), languages=("en",), tmdb_id=949, popularity=8.5)
    movies.add(made)

    assert movies.get(made.id) == made
    assert movies.get("mov_none") is None
    assert list(movies.those([made.id, "mov_none"])) == [made]
    assert list(movies.of_tmdb([949, 1])) == [made]
    assert list(movies.those([])) == list(movies.of_tmdb([])) == []


def test_one_film_of_tmdb_is_one_movie(movies: MovieStore) -> None:
    added(movies, "Heat", tmdb_id=949)
    other, alone = added(movies, "Another"), added(movies, "No number")

    assert alone.tmdb_id is None
    with pytest.raises(TmdbIdTaken):
        added(movies, "Heat again", tmdb_id=949)
    with pytest.raises(TmdbIdTaken):
        movies.replace(other.model_copy(update={"tmdb_id": 949, "version": 2}), 1)


def test_only_the_current_version_is_replaced_and_deleted(movies: MovieStore) -> None:
    made = added(movies, "Hete")
    better = made.model_copy(update={"title": "Heat", "version": 2})
    worse = made.model_copy(update={"title": "Het", "version": 2})

    assert movies.replace(better, 1)
    assert movies.replace(better, 1)  # the answer was lost
    assert not movies.replace(worse, 1)
    assert titles(movies.like("heat", ANY, 9)) == ["Heat"]
    assert not movies.delete(made.id, 1)
    assert movies.delete(made.id, 2)
    assert not movies.delete(made.id)


def test_lists_are_in_the_order_asked_for_and_page_without_gap_or_repetition(movies: MovieStore) -> None:
    for number, (title, popularity) in enumerate([("b", 1.5), ("A", 1.5), ("Ä2", 9), ("c", 0), ("B", 3)]):
        added(movies, title, popularity=popularity, featured=number % 2 == 0)
    orders = {"popular": ["Ä2", "B", "A", "b", "c"], "newest": ["B", "c", "Ä2", "A", "b"], "featured": ["Ä2", "B", "b"]}

    for sort, expected in {**orders, "title": ["A", "Ä2", "b", "B", "c"]}.items():
        seen: list[Movie] = []
        while page := movies.page(sort, 2, seen[-1].key_of(sort) if seen else None):  # type: ignore[arg-type]
            seen += page
        if sort in {"title", "newest", "popular"}:
            assert len(seen) == len({m.id for m in seen}) == 5
        if sort != "newest":  # born in the same millisecond, ids have no order
            assert sorted(titles(seen)) == sorted(expected)
        keys = [m.key_of(sort) for m in seen]  # type: ignore[arg-type]
        assert keys == sorted(keys, reverse=sort != "title")


@pytest.mark.parametrize("query", ["godfather", "the godfahter", "Gödfather", "gdfather", "GODFATH", "god father"])
def test_titles_are_found_in_spite_of_typos(movies: MovieStore, query: str) -> None:
    for title in ("Heat", "Alien", "The Godfather", "Der Untergang", "Amélie"):
        added(movies, title, original_title=None)

    assert titles(movies.like(query, ANY, 9))[0] == "The Godfather"


def test_who_shares_most_with_the_query_comes_first_then_the_popular(movies: MovieStore) -> None:
    added(movies, "Alien", popularity=1)
    added(movies, "Aliens", popularity=5)
    added(movies, "Alien", popularity=2)

    assert [(m.title, m.popularity) for m in movies.like("alien", ANY, 2)] == [("Alien", 2), ("Alien", 1)]


def test_the_title_itself_is_among_the_first_however_many_popular_ones_contain_it(movies: MovieStore) -> None:
    meant = added(movies, "The Star", popularity=0)
    for number in range(8):
        added(movies, f"A Star of Number {number}", popularity=99)

    assert next(iter(movies.like("the star", ANY, 3))) == meant


def test_original_titles_and_writing_without_spaces_are_found(movies: MovieStore) -> None:
    added(movies, "Spirited Away", original_title="千と千尋の神隠し")

    assert titles(movies.like("千尋", ANY, 9)) == ["Spirited Away"]


def test_an_empty_query_finds_all_and_a_query_of_signs_nothing(movies: MovieStore) -> None:
    added(movies, "Heat", popularity=1)
    added(movies, "Alien", popularity=2)

    assert titles(movies.like(" ", ANY, 9)) == ["Alien", "Heat"]
    assert titles(movies.like("$where", ANY, 9)) == []
    assert titles(movies.like("?!", ANY, 9)) == []


def test_filters_look_at_year_genre_and_language_in_any_case(movies: MovieStore) -> None:
    added(movies, "Heat", year=1995, genres=("Crime", "Drama"), languages=("en", "es"), overview="A heist.")
    added(movies, "Heat", year=1986, genres=("Action",), languages=("en",), overview="A heist.")

    for wanted in ({"year": 1995}, {"genre": "drama"}, {"language": "ES"}, {"year": 1995, "genre": "CRIME"}):
        accepted = MovieFilter(**wanted)
        assert [m.year for m in movies.like("heat", accepted, 9)] == [1995]
        assert [m.year for m in movies.like("", accepted, 9)] == [1995]
        assert [m.year for m in movies.mentioning("heist", accepted, 9)] == [1995]
    assert not movies.like("heat", MovieFilter(year=1995, genre="Action"), 9)


def test_what_an_overview_mentions_is_found_whatever_signs_the_query_has(movies: MovieStore) -> None:
    added(movies, "Heat", overview="A detective hunts a robber through Los Angeles.")
    added(movies, "Alien", overview="In space no one hears you scream.")

    assert titles(movies.mentioning('-detective "', ANY, 9)) == ["Heat"]
    assert titles(movies.mentioning("?", ANY, 9)) == []


def test_a_movie_links_to_an_asset_once(movies: MovieStore) -> None:
    made = added(movies, "Heat")
    linked = movies.link(made.id, "ast_1", None, NOW + timedelta(seconds=1))

    assert linked is not None
    assert (linked.asset_id, linked.version, linked.updated_at) == ("ast_1", 2, NOW + timedelta(seconds=1))
    assert movies.link(made.id, "ast_1", None, NOW) == linked  # the answer was lost
    assert movies.link(made.id, "ast_2", None, NOW) is None
    assert movies.link("mov_none", "ast_2", None, NOW) is None
    replaced = movies.link(made.id, "ast_2", "ast_1", NOW)
    assert replaced is not None
    assert (replaced.asset_id, replaced.version) == ("ast_2", 3)


def test_a_deleted_asset_is_unlinked(movies: MovieStore) -> None:
    made, other = added(movies, "Heat", asset_id="ast_1"), added(movies, "Alien", asset_id="ast_2")

    assert list(movies.unlink("ast_1", NOW)) == [made.id]
    assert list(movies.unlink("ast_1", NOW)) == []
    left = movies.get(made.id)
    assert left is not None
    assert (left.asset_id, left.version) == (None, 2)
    assert movies.get(other.id) == other


def asset(status: str) -> Asset:
    fields = {"title": "t", "filename": "f", "job_id": "j", "upload_id": "u", "created_at": NOW, "updated_at": NOW}
    return Asset(id=ids.new_asset_id(), status=status, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ["memory", "database"])
def test_statistics_count_by_genre_year_and_what_can_be_watched(engine: str, request: pytest.FixtureRequest) -> None:
    made = [asset("ready"), asset("processing"), asset("ready")]
    if engine == "memory":
        movies: MovieStore = MemoryMovies(lambda: {a.id: a for a in made})
    else:
        database: Database = request.getfixturevalue("catalogue")
        database.run("movies", lambda target: target.delete_many({}))
        movies = DatabaseMovies(database)
        for each in made:
            DatabaseAssets(database).add(each)
    added(movies, "A", genres=("Drama", "Crime"), year=1995, asset_id=made[0].id, featured=True)
    added(movies, "B", genres=("Drama",), year=2001, asset_id=made[1].id)
    added(movies, "C", genres=("Crime", "Drama"), year=1995, asset_id=made[2].id)
    added(movies, "D", asset_id="ast_gone")
    added(movies, "E")

    counted = movies.statistics()
    assert (counted.movies, counted.featured) == (5, 1)
    assert [(c.value, c.count) for c in counted.by_genre] == [("Drama", 3), ("Crime", 2)]
    assert [(c.value, c.count) for c in counted.by_year] == [("2001", 1), ("1995", 2)]
    assert [(c.value, c.count) for c in counted.by_availability] == [("none", 2), ("ready", 2), ("processing", 1)]


def test_statistics_count_views_over_all_viewers(catalogue: Database) -> None:
    catalogue.run("watch_progress", lambda states: states.delete_many({}))
    states = [("v1", "mov_1", 0.95), ("v1", "mov_2", 0.2), ("v2", "mov_1", 0.5)]
    DatabaseWatch(catalogue).write([watched(*state) for state in states])

    counted = DatabaseMovies(catalogue).statistics().watched

    assert (counted.viewers, counted.views, counted.completed) == (2, 3, 1)
    assert [(c.value, c.count) for c in counted.most_watched] == [("mov_1", 2), ("mov_2", 1)]


def watched(viewer: str, movie_id: str, fraction: float) -> Kept:
    playback = Playback(
        session_id="s",
        started_ms=0,
        client_ms=1,
        position_seconds=100 * fraction,
        duration_seconds=100,
        device="tv",
        sequence=1,
    )
    return Kept(WatchKey(viewer, movie_id), Watched(sequence=1, playbacks={"s": playback}), 0)
