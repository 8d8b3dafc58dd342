"""The schema on the real database: what is missing is created, once; documents of older code are brought up."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from marquee.adapters.database import Database, connect
from marquee.adapters.indexes import INDEXES
from marquee.adapters.movies import DatabaseMovies
from marquee.adapters.schema import DatabaseSchema
from marquee.domain import ids
from marquee.domain.clock import utc_now
from marquee.domain.movies import Movie, MovieFilter
from marquee.domain.search_terms import GRAMS_VERSION
from marquee.services.migrate import Migrate
from pymongo import ASCENDING, TEXT, IndexModel
from pymongo.errors import OperationFailure

pytestmark = pytest.mark.contract
ALL_INDEXES = {f"{collection}.{index.document['name']}" for collection, each in INDEXES.items() for index in each}


@pytest.fixture
def database(database_uri: str) -> Iterator[Database]:
    name = f"schema_{uuid.uuid4().hex[:12]}"
    database = Database(lambda: database_uri, name)
    yield database
    database.close()
    client = connect(database_uri)
    client.drop_database(name)
    client.close()


def indexes_of(database: Database, collection: str) -> Mapping[str, Any]:
    return database.run(collection, lambda target: target.index_information())


def test_a_new_database_gets_every_index_and_a_migrated_one_none(database: Database) -> None:
    migrate = Migrate(DatabaseSchema(database))
    first, second = migrate(), migrate()

    assert set(first.indexes_created) == ALL_INDEXES
    assert (first.version, first.indexes_unavailable) == (2, ())
    assert (second.indexes_created, second.changed, second.version) == ((), {}, 2)
    for collection, wanted in INDEXES.items():
        assert {index.document["name"] for index in wanted} | {"_id_"} == set(indexes_of(database, collection))


def test_only_what_is_missing_is_created(database: Database) -> None:
    Migrate(DatabaseSchema(database))()
    database.run("movies", lambda movies: movies.drop_index("by_title"))

    assert Migrate(DatabaseSchema(database))().indexes_created == ("movies.by_title",)


def test_the_featured_and_the_numbers_of_tmdb_are_indexed_in_part(database: Database) -> None:
    Migrate(DatabaseSchema(database))()
    there = indexes_of(database, "movies")

    assert there["featured_popular_first"]["partialFilterExpression"] == {"featured": True}
    assert there["of_tmdb"]["unique"] is True
    assert there["of_tmdb"]["partialFilterExpression"] == {"tmdb_id": {"$gt": 0}}


def test_movies_of_older_code_are_found_after_the_migration(database: Database) -> None:
    now = utc_now()
    movies = DatabaseMovies(database)
    old = Movie(id=ids.new_movie_id(), title="The Godfather", created_at=now, updated_at=now)
    movies.add(old)
    database.run("movies", lambda target: target.update_one({"_id": old.id}, {"$unset": {"search": ""}}))
    assert not movies.like("godfather", MovieFilter(), 9)

    done = Migrate(DatabaseSchema(database))()

    assert sum(done.changed.values()) == 1
    assert list(movies.like("godfahter", MovieFilter(), 9)) == [old]


def test_terms_of_another_version_are_stored_anew_where_those_before_were_migrated_to(database: Database) -> None:
    now = utc_now()
    schema, movies = DatabaseSchema(database), DatabaseMovies(database)
    signs = Movie(id=ids.new_movie_id(), title="🎬🍿", created_at=now, updated_at=now)
    movies.add(signs)
    old_terms = {"$set": {"search.grams": [], "search.version": GRAMS_VERSION - 1}}
    database.run("movies", lambda target: target.update_one({"_id": signs.id}, old_terms))
    for step in schema.steps[:-1]:
        schema.record(step, now)

    done = Migrate(schema)()

    assert done.changed == {f"search terms of movies, version {GRAMS_VERSION}": 1}
    assert list(movies.like("🍿", MovieFilter(), 9)) == [signs]


def test_without_text_indexes_the_rest_is_made_and_titles_are_found(database: Database) -> None:
    refused = IndexModel([("title", TEXT), ("other", TEXT)], name="second_text", default_language="no such language")
    wanted = {"movies": (refused, IndexModel([("year", ASCENDING)], name="years"))}
    done = DatabaseSchema(database, indexes=wanted).create_missing_indexes()

    assert (done.created, done.unavailable) == (("movies.years",), ("movies.second_text",))
    now = utc_now()
    movies = DatabaseMovies(database)
    movies.add(Movie(id=ids.new_movie_id(), title="Heat", created_at=now, updated_at=now))
    assert list(movies.mentioning("heat", MovieFilter(), 9)) == []
    assert [movie.title for movie in movies.like("heat", MovieFilter(), 9)] == ["Heat"]


def test_an_index_that_cannot_be_made_stops_the_migration(database: Database) -> None:
    database.run("movies", lambda movies: movies.insert_many([{"_id": 1, "tmdb_id": 5}, {"_id": 2, "tmdb_id": 5}]))

    with pytest.raises(OperationFailure):
        DatabaseSchema(database).create_missing_indexes()


def test_retired_indexes_are_dropped_once(database: Database) -> None:
    database.run("movies", lambda movies: movies.create_index("old", name="of_old"))
    schema = DatabaseSchema(database, retired={"movies": frozenset({"of_old", "never_was"})})

    assert schema.drop_retired_indexes() == ["movies.of_old"]
    assert schema.drop_retired_indexes() == []
