"""Which database is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.database.engine import EngineError, stamp, write_manifest
from local.database.select import choose_database


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache with an engine in it."""
    prefix = tmp_path / "cache" / stamp()
    prefix.mkdir(parents=True)
    write_manifest(prefix, prefix, {})
    return prefix.parent


def test_a_given_address_comes_first(tmp_path: Path, cache: Path) -> None:
    chosen = choose_database(
        tmp_path,
        4001,
        cache_dir=cache,
        environ={"MONGODB_URI": "mongodb://db.example/"},
        which=lambda name: f"/usr/bin/{name}",
    )
    assert (chosen.uri, chosen.children) == ("mongodb://db.example/", ())


def test_a_server_on_the_path_comes_second(tmp_path: Path, cache: Path) -> None:
    chosen = choose_database(tmp_path, 4001, cache_dir=cache, environ={}, which=lambda name: f"/usr/bin/{name}")
    (child,) = chosen.children
    assert chosen.uri == "mongodb://127.0.0.1:4001/?journal=true"
    data = str(tmp_path / "database" / "mongod")
    assert child.argv == ["/usr/bin/mongod", "--dbpath", data, "--port", "4001", "--bind_ip", "127.0.0.1"]


def test_the_embedded_engine_comes_third(tmp_path: Path, cache: Path) -> None:
    chosen = choose_database(tmp_path, 4001, cache_dir=cache, environ={}, which=lambda name: None)
    assert chosen.uri == "mongodb://127.0.0.1:4001/"
    assert [child.name for child in chosen.children] == ["postgres", "database"]


def test_without_any_one_sentence_names_the_ways(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"local\.database\.install.*mongod.*MONGODB_URI"):
        choose_database(tmp_path, 4001, cache_dir=tmp_path, environ={}, which=lambda name: None)
