"""The image holds what the worker imports, in the versions of the repository's lock, and nothing more."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
WORKER = ROOT / "containers" / "ffmpeg_worker"
PIN = re.compile(r"^([a-z0-9_.-]+)==(\S+)", re.MULTILINE)
# Neither the functions' database nor the pictures' library is part of the worker.
NOT_WANTED = {"pymongo", "av", "PIL", "moto", "aiohttp", "aws_cdk", "numpy"}


def pins(path: Path) -> dict[str, str]:
    return dict(PIN.findall(path.read_text()))


def test_versions_are_those_of_the_lock() -> None:
    locked, ours = pins(ROOT / "requirements.lock"), pins(WORKER / "requirements.txt")
    assert {name: locked.get(name) for name in ours} == ours


def test_every_package_is_held_by_its_hash() -> None:
    text = (WORKER / "requirements.txt").read_text()
    requirements = [entry for entry in re.split(r"\n(?=\S)", text) if PIN.match(entry)]
    assert requirements
    assert all("--hash=sha256:" in entry for entry in requirements)


def test_all_wanted_packages_are_pinned() -> None:
    lines = (WORKER / "requirements.in").read_text().splitlines()
    wanted = {line for line in lines if line and not line.startswith("#")}
    assert wanted <= set(pins(WORKER / "requirements.txt"))


def test_both_entries_import_only_what_the_image_has() -> None:
    code = (
        "import json, sys, ffmpeg_worker.task, ffmpeg_worker.function\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    paths = f"{ROOT / 'layers/marquee/python'}:{ROOT / 'containers'}"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": paths}, capture_output=True, text=True, check=True, timeout=60
    )
    assert not NOT_WANTED & set(re.findall(r'"(\w+)"', done.stdout))


def test_the_image_runs_as_nobody_in_particular_and_makes_its_bytecode() -> None:
    dockerfile = (WORKER / "Dockerfile").read_text()
    assert "USER 10001:10001" in dockerfile
    assert "compileall" in dockerfile
    assert "--require-hashes" in dockerfile
    assert 'ENTRYPOINT ["python", "-m", "ffmpeg_worker.task"]' in dockerfile
