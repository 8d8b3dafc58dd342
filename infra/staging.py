"""Our own functions and layer as they are deployed: a copy, with bytecode for Lambda's Python.

The copy is made anew when a source has changed, so that whoever synthesizes gets what the sources say.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from infra.bytecode import VERSION, compile_folder, find_python
from infra.sources import MissingSource

FUNCTIONS, LAYER = "functions", "marquee"
# Where Lambda unpacks them.
PLACES = {FUNCTIONS: "/var/task", LAYER: "/opt"}
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache", "ruff.toml", ".DS_Store")


def stage(root: Path) -> None:
    """Make `build/staged/{functions,marquee}` out of the repository's folders. Raises `MissingSource`."""
    originals = {FUNCTIONS: root / "functions", LAYER: root / "layers" / "marquee"}
    staged = root / "build" / "staged"
    stamp = staged / "stamp"
    wanted = fingerprint(*originals.values())
    if stamp.exists() and stamp.read_text() == wanted:
        return
    python = find_python()
    if python is None:
        raise MissingSource(f"cannot synthesize without\n  Python {VERSION}: run `make layers`, which fetches it")
    staged.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=staged.parent) as scratch:
        whole = Path(scratch) / "staged"
        for name, original in originals.items():
            shutil.copytree(original, whole / name, ignore=LEFT_OUT)
            compile_folder(python, whole / name, PLACES[name], strict=True)
        (whole / "stamp").write_text(wanted)
        shutil.rmtree(staged, ignore_errors=True)
        whole.rename(staged)


def fingerprint(*folders: Path) -> str:
    """Changes with every name and byte of the sources, and with how they are compiled."""
    digest = hashlib.sha256(Path(__file__).with_name("bytecode.py").read_bytes())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
