"""Fixtures of the whole tree. What only one folder needs lies in that folder's conftest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def database_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real database, shared by the run: use a database name of your own in it."""
    from local.database import install_engine, running_database

    install_engine()
    with running_database(tmp_path_factory.mktemp("database")) as uri:
        yield uri
