"""Fixtures of the whole tree. What only one folder needs lies in that folder's conftest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.ports import free_ports


@pytest.fixture(scope="session")
def database_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real database, shared by the run: use a database name of your own in it."""
    from local.database import running_database

    with running_database(tmp_path_factory.mktemp("database")) as uri:
        yield uri


@pytest.fixture
def free_port() -> int:
    """A TCP port on 127.0.0.1 that was free a moment ago."""
    return free_ports(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The cheapest tests first: whole films through the whole system come last."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)
