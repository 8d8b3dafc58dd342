"""What Lambda and Fargate are given fits them: their processor, and Lambda's size."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.layer_build import LAYERS, PLATFORM, PYTHON, UNZIPPED_LIMIT_BYTES, Layer, layers, pinned
from infra.lockfile import read_pins
from tests.infra.templates import Templates, plain

ROOT = Path(__file__).resolve().parents[2]
AARCH64 = 183  # e_machine of the ELF header
BUILT = {"Marquee": ROOT / "layers" / "marquee", "Dependencies": LAYERS / "dependencies"}
BUILT |= {"MediaTools": LAYERS / "media_tools", "Vision": LAYERS / "vision"}
# Bytecode of our own code, which is made when it is staged, takes about as much again.
WITH_BYTECODE = 2


def native(folder: Path) -> Iterator[tuple[str, int]]:
    """Names of compiled files, and the machine that they are for."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                start = file.read(20)
            if start[:4] == b"\x7fELF":
                yield path.name, int.from_bytes(start[18:20], "little")


def size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("layer", layers(), ids=lambda layer: layer.name)
def test_a_layer_has_all_that_is_pinned_and_compiled_for_arm(layer: Layer) -> None:
    built = LAYERS / layer.name / "python"
    installed = {re.sub(r"[-_.]+", "-", path.name.split("-")[0]).lower() for path in built.glob("*.dist-info")}
    pins = read_pins(pinned(layer, (ROOT / "requirements.lock").read_text()))
    for_every_python = {pin.name for pin in pins if ";" not in pin.lines[0]}
    assert for_every_python <= installed <= {pin.name for pin in pins}
    machines = {machine for _, machine in native(built)}
    assert machines == {AARCH64}


def test_a_function_and_its_layers_fit_lambda(dev: Templates) -> None:
    sizes = {name: size_bytes(folder) for name, folder in BUILT.items()}
    sizes["Marquee"] *= WITH_BYTECODE
    for name, function in dev.functions().items():
        given = [plain(layer) for layer in function.get("Layers", [])]
        parts = [size for layer, size in sizes.items() if any(layer in one.removeprefix("Platform") for one in given)]
        assert len(parts) == len(given), name
        own = size_bytes(ROOT / "functions" / name) * WITH_BYTECODE if given else 0
        assert sum(parts) + own < UNZIPPED_LIMIT_BYTES, name


@pytest.mark.parametrize("worker", ["ffmpeg_worker", "enrich_worker", "whisper_worker"])
def test_every_package_of_an_image_has_a_wheel_for_arm(worker: str, tmp_path: Path) -> None:
    wanted = ROOT / "containers" / worker / "requirements.txt"
    resolved = subprocess.run(
        [
            str(Path(sys.executable).parent / "uv"), "pip", "install", "--dry-run", "--no-config", "--no-deps",
            "--require-hashes", "--only-binary", ":all:", "--python-platform", PLATFORM, "--python-version", PYTHON,
            "--target", str(tmp_path), "--requirements", str(wanted),
        ],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )  # fmt: skip
    assert resolved.returncode == 0, resolved.stderr
    found = set(re.findall(r"^ \+ ([a-z0-9.-]+)==", resolved.stderr, re.MULTILINE))
    asked = (ROOT / "containers" / worker / "requirements.in").read_text().splitlines()
    assert {line for line in asked if line and not line.startswith("#")} <= found
