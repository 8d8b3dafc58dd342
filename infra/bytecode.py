"""Bytecode for Lambda's own Python, made before anything is deployed.

A function's disk is read-only: without bytecode in its package every cold start compiles all it imports, which
costs more than twice the import. It must come from the very version that runs it, and that is seldom the one
on the machine that deploys; Debian's packages of it are unpacked into `.cache` and run from there.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.debian import Apt, AptError, debian_sources, unpack

VERSION = "3.13"
CACHE_TAG = "cpython-313"
SUITE = "trixie"
CACHE = Path(__file__).resolve().parent.parent / ".cache" / f"python-{VERSION}"
COMPILE_TIMEOUT_SECONDS = 300

# Never checked against its source on the way in: packages are made whole and never changed.
_COMPILE = """
import compileall, py_compile, sys
folder, place, strict = sys.argv[1:]
done = compileall.compile_dir(folder, quiet=1 if strict == "yes" else 2, force=True, stripdir=folder,
    prependdir=place, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
sys.exit(strict == "yes" and not done)
"""


class NoPython(Exception):
    """There is no Python of Lambda's version, and none can be fetched; one sentence."""


def find_python() -> list[str] | None:
    """The command that runs Python 3.13: this machine's own, or the one fetched before."""
    candidates = [[shutil.which(f"python{VERSION}") or ""], _fetched()]
    return next((command for command in candidates if _works(command)), None)


def fetch_python() -> list[str]:
    """The same, from Debian's packages if there is none. Raises `NoPython`."""
    found = find_python()
    if found is not None:
        return found
    CACHE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE.parent) as scratch:
        try:
            apt = Apt(Path(scratch) / "apt", debian_sources())
            apt.update(SUITE)
            archives = Path(scratch) / "archives"
            apt.download(apt.plan(f"python{VERSION}-minimal"), archives)
            unpack(sorted(archives.glob("*.deb")), Path(scratch) / "root")
        except AptError as error:
            raise NoPython(f"Bytecode takes Python {VERSION}: install it ({error}).") from error
        shutil.rmtree(CACHE, ignore_errors=True)
        (Path(scratch) / "root").rename(CACHE)
    found = find_python()
    if found is None:
        raise NoPython(f"Bytecode takes Python {VERSION}: install it (Debian's does not run here).")
    return found


def compile_folder(command: list[str], folder: Path, place: str, *, strict: bool) -> None:
    """Put bytecode beside every module in `folder`, which will lie at `place` in Lambda.

    `strict`: a module that cannot be compiled is an error, not a file that nobody imports.
    """
    done = subprocess.run(
        [*command, "-I", "-c", _COMPILE, str(folder), place, "yes" if strict else "no"],
        capture_output=True,
        text=True,
        timeout=COMPILE_TIMEOUT_SECONDS,
        env=dict(_environment()),
        check=False,
    )
    if done.returncode != 0:
        raise SyntaxError(f"{folder.name} does not compile:\n{done.stdout}{done.stderr}")


def _environment() -> Mapping[str, str]:
    # the order of sets in constants goes by the hash: the same seed gives the same bytes
    return {"PYTHONHASHSEED": "0", "LANG": "C.UTF-8"}


def _fetched() -> list[str]:
    """The packages bring their own C library: an older system's would not do."""
    program, libraries = CACHE / "usr" / "bin" / f"python{VERSION}", CACHE / "usr" / "lib"
    for loader in _loaders(CACHE):
        return [str(loader), "--library-path", str(libraries / f"{platform.machine()}-linux-gnu"), str(program)]
    return [""]


def _loaders(root: Path) -> Iterator[Path]:
    return root.glob(f"usr/lib/{platform.machine()}-linux-gnu/ld-linux-*.so.*")


def _works(command: list[str]) -> bool:
    if not command[0]:
        return False
    asked = [*command, "-I", "-c", "import sys; print(sys.implementation.cache_tag)"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.stdout.strip() == CACHE_TAG
