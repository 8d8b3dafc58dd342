"""Builds the third-party layers for Lambda's arm64: `python -m infra.layer_build`.

No Docker: uv unpacks the very wheels that `requirements.lock` pins, for a machine that need not be this one.
What is built already is left alone, and two builds of the same lock are the same bytes and times, so an
asset's hash changes only when the lock does.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.bytecode import compile_folder, fetch_python
from infra.lockfile import closure, declared, read_pins, requirements

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ROOT / "build" / "layers"

PLATFORM = "aarch64-manylinux_2_28"
PYTHON = "3.13"
FIXED_TIME = 315_532_800  # 1980, the first that zip files know
INSTALL_TIMEOUT_SECONDS = 600
UNZIPPED_LIMIT_BYTES = 250 * 1024 * 1024  # Lambda's, for a function and all its layers together

# Of no use at run time. Licences stay.
JUNK_FOLDERS = {"__pycache__", "tests", "test", "testing"}
JUNK_SUFFIXES = {".pyc", ".pyi", ".pyx", ".pxd", ".c", ".h"}
JUNK_FILES = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", ".lock"}


class BuildFailed(Exception):
    """uv could not build a layer; its own words are the message."""


@dataclass(frozen=True)
class Layer:
    """`roots` and all they need go to `build/layers/{name}/python`, but for what `without` brings already.

    `folders` of the repository join it as they are.
    """

    name: str
    roots: tuple[str, ...]
    without: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()


def layers() -> tuple[Layer, ...]:
    """The base and `aws` packages for every function; PyAV for those that look into films, and what looks at
    pictures for those that make them."""
    groups = declared(ROOT / "pyproject.toml")
    shared = groups[""] + groups["aws"]
    certificates = ROOT / "layers" / "dependencies" / "certificates"
    return (
        Layer("dependencies", shared, folders=(certificates,)),
        Layer("media_tools", ("av", "pillow"), without=shared),
        Layer("vision", ("pillow", "numpy", "opencv-python-headless"), without=shared),
    )


def pinned(layer: Layer, lock: str) -> str:
    """The layer's requirements file."""
    pins = read_pins(lock)
    elsewhere = {pin.name for pin in closure(pins, layer.without)}
    return requirements(pin for pin in closure(pins, layer.roots) if pin.name not in elsewhere)


def build(layer: Layer, lock: str, target: Path) -> bool:
    """Make `target/{layer}`; False when it was there already for this lock and this recipe."""
    wanted = pinned(layer, lock)
    stamp = target / f"{layer.name}.stamp"
    recipe = _recipe(layer, wanted)
    if stamp.exists() and stamp.read_text() == recipe and (target / layer.name).is_dir():
        return False
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        made = Path(scratch) / layer.name
        _install(wanted, made / "python")
        _strip(made)
        # someone else's package may carry files for other Pythons that nobody imports
        compile_folder(fetch_python(), made / "python", "/opt/python", strict=False)
        for folder in layer.folders:
            shutil.copytree(folder, made / folder.name)
        _fix_times(made)
        shutil.rmtree(target / layer.name, ignore_errors=True)
        made.rename(target / layer.name)
    stamp.write_text(recipe)
    return True


def _recipe(layer: Layer, wanted: str) -> str:
    """Changes with anything that the layer is made from."""
    files = [path for folder in layer.folders for path in sorted(folder.rglob("*")) if path.is_file()]
    digest = hashlib.sha256(wanted.encode())
    for path in (Path(__file__), Path(__file__).with_name("bytecode.py"), *files):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _install(wanted: str, into: Path) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(wanted)
        file.flush()
        command = [
            _uv(), "pip", "install", "--quiet", "--no-config", "--no-deps", "--require-hashes",
            "--only-binary", ":all:", "--python-platform", PLATFORM, "--python-version", PYTHON,
            "--link-mode", "copy", "--target", str(into), "--requirements", file.name,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_SECONDS, check=False)
    if done.returncode != 0:
        raise BuildFailed(done.stderr.strip())


def _uv() -> str:
    found = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if found is None:
        raise BuildFailed("uv is not installed")
    return found


def _strip(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if path.name in JUNK_FOLDERS or path == folder / "python" / "bin":
                shutil.rmtree(path)
        elif path.suffix in JUNK_SUFFIXES or path.name in JUNK_FILES:
            path.unlink()


def _fix_times(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (FIXED_TIME, FIXED_TIME), follow_symlinks=False)


def _size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    fetch_python()  # synthesis needs it, too
    first, *others = layers()
    sizes = {}
    for layer in (first, *others):
        made = build(layer, lock, LAYERS)
        sizes[layer.name] = _size_bytes(LAYERS / layer.name)
        print(f"{layer.name}: {sizes[layer.name] / 1e6:.1f} MB, {'built' if made else 'up to date'}")
    # no function has more than the first and one other
    total = sizes[first.name] + max(sizes[layer.name] for layer in others)
    if total > UNZIPPED_LIMIT_BYTES:
        raise BuildFailed(f"a function's layers take {total} bytes, Lambda allows {UNZIPPED_LIMIT_BYTES}")


if __name__ == "__main__":
    main()
