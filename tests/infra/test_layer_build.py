"""Layers are the same bytes and times whenever they are built, and are not built twice."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from infra.layer_build import FIXED_TIME, Layer, build

ROOT = Path(__file__).resolve().parents[2]
CERTIFICATES = ROOT / "layers" / "dependencies" / "certificates"


@pytest.fixture
def lock() -> str:
    return (ROOT / "requirements.lock").read_text()


@pytest.fixture
def layer(tmp_path: Path) -> Layer:
    """A small package of the lock, and a folder that joins it."""
    extra = tmp_path / "notes"
    extra.mkdir()
    (extra / "note.txt").write_text("one")
    return Layer("small", ("jmespath",), folders=(extra,))


def test_a_layer_holds_its_packages_and_folders_with_a_fixed_time(layer: Layer, lock: str, tmp_path: Path) -> None:
    assert build(layer, lock, tmp_path / "layers") is True
    made = tmp_path / "layers" / "small"
    assert (made / "python" / "jmespath" / "__init__.py").is_file()
    assert (made / "notes" / "note.txt").read_text() == "one"
    assert not (made / "python" / "bin").exists()
    times = {path.stat().st_mtime for path in made.rglob("*")}
    assert times == {FIXED_TIME}


def test_a_layer_is_built_again_only_when_something_in_it_changed(layer: Layer, lock: str, tmp_path: Path) -> None:
    target = tmp_path / "layers"
    assert build(layer, lock, target) is True
    assert build(layer, lock, target) is False
    (layer.folders[0] / "note.txt").write_text("two")
    assert build(layer, lock, target) is True
    assert (target / "small" / "notes" / "note.txt").read_text() == "two"
    assert sorted(path.name for path in target.iterdir()) == ["small", "small.stamp"]


def test_the_certificates_of_documentdb_can_be_read_by_tls() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(CERTIFICATES / "rds-global-bundle.pem")
    assert len(context.get_ca_certs()) > 50
