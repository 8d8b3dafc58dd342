"""The image holds what the worker imports, in the versions of the repository's lock, and nothing more."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
WORKER = ROOT / "containers" / "enrich_worker"
PIN = re.compile(r"^([a-z0-9_.-]+)==(\S+)", re.MULTILINE)
# Neither the functions' database nor any listener or looker is paid for by a start.
NOT_WANTED = {"pymongo", "av", "PIL", "moto", "aiohttp", "aws_cdk", "numpy", "cv2", "pocketsphinx", "yake"}


def pins(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall(path.read_text()):
        found.setdefault(name, set()).add(version)
    return found


def test_versions_are_those_of_the_lock() -> None:
    locked, ours = pins(ROOT / "requirements.lock"), pins(WORKER / "requirements.txt")
    assert {name for name, versions in ours.items() if not versions <= locked.get(name, set())} == set()


def test_every_package_is_held_by_its_hash() -> None:
    text = (WORKER / "requirements.txt").read_text()
    requirements = [entry for entry in re.split(r"\n(?=\S)", text) if PIN.match(entry)]
    assert requirements
    assert all("--hash=sha256:" in entry for entry in requirements)


def test_all_wanted_packages_are_pinned() -> None:
    lines = (WORKER / "requirements.in").read_text().splitlines()
    wanted = {line for line in lines if line and not line.startswith("#")}
    assert wanted <= set(pins(WORKER / "requirements.txt"))


def test_a_start_imports_no_model_and_no_database() -> None:
    code = (
        "import json, sys, enrich_worker.function\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    paths = f"{ROOT / 'layers/marquee/python'}:{ROOT / 'containers'}"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": paths}, capture_output=True, text=True, check=True, timeout=60
    )
    assert not NOT_WANTED & set(re.findall(r'"(\w+)"', done.stdout))
