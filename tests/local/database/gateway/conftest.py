"""A client of the embedded database, and a database of its own for every test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
from pymongo.collection import Collection
from pymongo.database import Database

from local.database.postgres import Layout
from local.database.running import free_port, running
from local.database.select import embedded_database


@pytest.fixture(scope="session")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Where the PostgreSQL behind the gateway keeps its things."""
    return Layout(tmp_path_factory.mktemp("embedded"))


@pytest.fixture(scope="session")
def client(layout: Layout) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    """A client of the embedded engine: these tests are about it, whatever else the machine offers."""
    with (
        running(embedded_database(layout.state, free_port())) as uri,
        pymongo.MongoClient[dict[str, Any]](uri) as client,
    ):
        yield client


@pytest.fixture
def db(client: pymongo.MongoClient[dict[str, Any]]) -> Iterator[Database[dict[str, Any]]]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield client[name]
    client.drop_database(name)


FILMS: list[dict[str, Any]] = [
    {
        "_id": 1,
        "title": "Big Buck Bunny",
        "year": 2008,
        "tags": ["animation", "short"],
        "owner": "ann",
        "video": {"width": 1920, "codec": "h264"},
        "renditions": [{"height": 360, "rate": 600}, {"height": 720, "rate": 2500}],
    },
    {
        "_id": 2,
        "title": "Sintel",
        "year": 2010,
        "tags": ["animation", "fantasy"],
        "owner": "bob",
        "video": {"width": 2048, "codec": "h264"},
        "renditions": [{"height": 360, "rate": 650}],
    },
    {
        "_id": 3,
        "title": "Tears of Steel",
        "year": 2012,
        "tags": ["live action", "short"],
        "owner": "ann",
        "video": {"width": 4096, "codec": "av1"},
        "renditions": [{"height": 360, "rate": 700}, {"height": 1080, "rate": 5000}],
    },
    {
        "_id": 4,
        "title": "Cosmos Laundromat",
        "year": 2015,
        "tags": ["animation"],
        "owner": "eve",
        "video": {"width": 2048, "codec": "av1"},
        "renditions": [],
    },
]


@pytest.fixture
def films(db: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    """Four films."""
    db.films.insert_many(FILMS)
    return db.films
