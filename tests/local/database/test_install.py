"""Installing the engine: what an extension takes, what is said when it cannot be had."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from local.database.engine import EngineError, find_engine, stamp, write_manifest
from local.database.extension import copy_extensions, modules, required_extensions
from local.database.install import install_engine


def extension(folder: Path, name: str, control: str, script: str = "") -> None:
    (folder / f"{name}.control").write_text(control, encoding="utf-8")
    (folder / f"{name.split('-')[0]}--1.0.sql").write_text(script, encoding="utf-8")


@pytest.fixture
def extensions(tmp_path: Path) -> Path:
    extension(tmp_path, "plpgsql", "module_pathname = '$libdir/plpgsql'\n")
    extension(tmp_path, "store", "module_pathname = '$libdir/store'\nrequires = 'geo, cron'\n")
    extension(tmp_path, "cron", "requires = ''\n", "AS '$libdir/pg_cron', 'run';")
    extension(tmp_path, "geo-3", "default_version = '1.0'\n", "AS '$libdir/geo-3', 'area';")
    extension(tmp_path, "raster", "requires = 'geo'\n", "AS '$libdir/raster', 'x';")
    return tmp_path


def test_an_extension_takes_what_it_requires_and_no_more(extensions: Path, tmp_path: Path) -> None:
    wanted = required_extensions("store", [extensions])
    assert {e.name for e in wanted} == {"plpgsql", "store", "geo", "cron"}
    assert modules(wanted, [extensions]) == {"plpgsql", "dict_snowball", "store", "pg_cron", "geo-3"}
    copy_extensions(wanted, [extensions], tmp_path / "copy")
    assert (tmp_path / "copy" / "geo.control").is_file()
    assert not (tmp_path / "copy" / "raster.control").exists()


def test_an_extension_that_nobody_holds_is_told(extensions: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no package holds the extension missing"):
        required_extensions("missing", [extensions])


def test_an_engine_that_is_there_is_not_installed_again(tmp_path: Path) -> None:
    prefix = tmp_path / stamp()
    prefix.mkdir()
    write_manifest(prefix, prefix, {"postgresql-18": "18.6-3"})
    steps: list[str] = []
    engine = install_engine(tmp_path, steps.append)
    assert (engine.prefix, engine.packages, steps) == (prefix, {"postgresql-18": "18.6-3"}, [])


def test_an_engine_that_was_moved_does_not_count(tmp_path: Path) -> None:
    prefix = tmp_path / "here" / stamp()
    prefix.mkdir(parents=True)
    write_manifest(prefix, prefix, {})
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert find_engine(tmp_path / "there") is None


def test_half_an_engine_does_not_count(tmp_path: Path) -> None:
    (tmp_path / f"{stamp()}.work" / "whole").mkdir(parents=True)
    (tmp_path / stamp()).mkdir()
    assert find_engine(tmp_path) is None


@pytest.mark.parametrize("sources", ["", "deb http://127.0.0.1:9/debian bookworm main\n"])
def test_one_sentence_says_what_to_do_without_a_mirror(tmp_path: Path, sources: str) -> None:
    etc = tmp_path / "etc"
    (etc / "sources.list.d").mkdir(parents=True)
    (etc / "sources.list").write_text(sources, encoding="utf-8")
    with pytest.raises(EngineError, match="MONGODB_URI") as caught:
        install_engine(tmp_path / "cache", etc_apt=etc)
    assert str(caught.value).count("\n") == 0
    assert find_engine(tmp_path / "cache") is None
