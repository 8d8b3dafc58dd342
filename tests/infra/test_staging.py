"""What is deployed carries bytecode for Lambda's Python, the same at every build."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.bytecode import CACHE_TAG, compile_folder, fetch_python
from infra.layer_build import LAYERS
from infra.sources import Sources
from infra.staging import stage

MODULE = "WORDS = frozenset({'upload', 'asset', 'job'})\n\n\ndef first() -> str:\n    return sorted(WORDS)[0]\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    fetch_python()
    for name in ("functions/jobs/handler.py", "layers/marquee/python/marquee/words.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(MODULE)
    (tmp_path / "functions" / "ruff.toml").touch()
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_module_is_staged_with_its_bytecode_and_nothing_else_is(repository: Path) -> None:
    stage(repository)
    sources = Sources.in_repository(repository)

    assert set(files(sources.functions)) == {"jobs/handler.py", f"jobs/__pycache__/handler.{CACHE_TAG}.pyc"}
    assert f"python/marquee/__pycache__/words.{CACHE_TAG}.pyc" in files(sources.marquee_layer)


def test_bytecode_names_the_place_where_lambda_has_the_module(repository: Path) -> None:
    stage(repository)
    compiled = files(Sources.in_repository(repository).functions)[f"jobs/__pycache__/handler.{CACHE_TAG}.pyc"]

    assert b"/var/task/jobs/handler.py" in compiled
    assert str(repository).encode() not in compiled
    # flags 1: made by the source's hash, never checked against it
    assert int.from_bytes(compiled[4:8], "little") == 1


def test_staging_again_gives_the_same_bytes_and_a_change_gives_others(repository: Path) -> None:
    functions = Sources.in_repository(repository).functions
    stage(repository)
    first = files(functions)
    (repository / "build" / "staged" / "stamp").unlink()
    stage(repository)
    assert files(functions) == first

    (repository / "functions" / "jobs" / "handler.py").write_text(MODULE.replace("asset", "film"))
    stage(repository)
    assert files(functions).keys() == first.keys()
    assert files(functions) != first


def test_a_module_that_does_not_compile_stops_the_build(repository: Path) -> None:
    (repository / "functions" / "jobs" / "handler.py").write_text("def broken(:\n")
    with pytest.raises(SyntaxError, match=r"handler\.py"):
        compile_folder(fetch_python(), repository / "functions", "/var/task", strict=True)


def test_the_built_layers_carry_bytecode_of_what_functions_import() -> None:
    dependencies = LAYERS / "dependencies" / "python"
    for package in ("pymongo", "pydantic", "urllib3", "valkey", "aws_lambda_powertools"):
        assert (dependencies / package / "__pycache__" / f"__init__.{CACHE_TAG}.pyc").exists()
