"""Installs the embedded database engine: PostgreSQL with the DocumentDB extension, from Debian's packages.

Needs no rights and touches nothing outside its folder. It is laid out in a work folder and renamed when
whole; interrupted, it goes on with the packages fetched so far. `python -m local.database.install` runs it.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.debian import SYSTEM_APT, Apt, AptError, debian_sources, dependencies, unpack

from local.database import extension as extensions
from local.database.engine import (
    DEFAULT_CACHE,
    POSTGRESQL_MAJOR,
    Engine,
    EngineError,
    exclusive,
    find_engine,
    stamp,
    write_manifest,
)
from local.database.libraries import LibraryError, Packages, gather, make_relocatable, patchelf

Progress = Callable[[str], None]
"""Called with one line at the start of every step."""

_EXTENSION = "documentdb"
_PACKAGE = f"postgresql-{POSTGRESQL_MAJOR}-documentdb"
_SERVER = f"postgresql-{POSTGRESQL_MAJOR}"
_SUITES = ("forky", "sid")  # the testing suite first: it moves less
_PROGRAMS = ("postgres", "initdb")
_LIB = Path("usr/lib/postgresql") / str(POSTGRESQL_MAJOR)
_SHARE = Path("usr/share/postgresql") / str(POSTGRESQL_MAJOR)


def install_engine(
    cache_dir: Path = DEFAULT_CACHE,
    progress: Progress = lambda step: None,
    *,
    etc_apt: Path = SYSTEM_APT,
) -> Engine:
    """Installs the engine into `<cache_dir>/<stamp>` unless it is there. Raises EngineError.

    `etc_apt` is the folder with apt's sources, which name the mirror.
    """
    cache_dir = cache_dir.absolute()
    with exclusive(cache_dir):
        engine = find_engine(cache_dir)
        if engine is not None:
            return engine
        try:
            _Installation(cache_dir, progress, etc_apt).run()
        except (AptError, LibraryError, FileNotFoundError) as error:
            raise EngineError(
                f"The database engine could not be installed ({error}); "
                "set MONGODB_URI to use a MongoDB server of your own instead."
            ) from error
    engine = find_engine(cache_dir)
    if engine is None:
        raise EngineError(f"The database engine in {cache_dir} vanished while it was installed.")
    return engine


class _Installation:
    def __init__(self, cache_dir: Path, progress: Progress, etc_apt: Path) -> None:
        self._sources = debian_sources(etc_apt)
        self._prefix = cache_dir / stamp()
        self._work = cache_dir / f"{stamp()}.work"
        self._root = self._work / "root"
        self._archives = self._work / "archives"
        self._progress = progress
        self._plan: dict[str, str] = {}

    def run(self) -> None:
        shutil.rmtree(self._root, ignore_errors=True)  # perhaps half unpacked; the archives are checked by apt
        self._work.mkdir(parents=True, exist_ok=True)
        self._apt = Apt(self._work / "apt", self._sources)
        self._make_plan()
        self._progress("fetching PostgreSQL and its extensions")
        self._fetch(sorted(name for name in self._plan if name == _SERVER or name.startswith(f"{_SERVER}-")))
        whole = self._lay_out()
        shutil.rmtree(self._prefix, ignore_errors=True)
        whole.rename(self._prefix)
        shutil.rmtree(self._work, ignore_errors=True)

    def _make_plan(self) -> None:
        for suite in _SUITES:
            self._progress(f"reading the package lists of Debian {suite}")
            self._apt.update(suite)
            try:
                self._plan = self._apt.plan(_PACKAGE)
            except AptError:
                if suite == _SUITES[-1]:
                    raise
            else:
                return

    def _fetch(self, names: Sequence[str]) -> None:
        self._apt.download({name: self._plan[name] for name in names}, self._archives)
        for name in names:
            unpack([self._archive(name)], self._root / name)

    def _archive(self, name: str) -> Path:
        return next(self._archives.glob(f"{name}_*.deb"))

    def _lay_out(self) -> Path:
        """Copies what is needed out of the unpacked packages; returns the finished folder."""
        folders = [path for path in sorted(self._root.glob(f"*/{_SHARE}/extension")) if path.is_dir()]
        wanted = extensions.required_extensions(_EXTENSION, folders)
        programs = [self._root / _SERVER / _LIB / "bin" / name for name in _PROGRAMS]
        modules = self._modules(extensions.modules(wanted, folders))
        self._progress("fetching the libraries they need")
        libraries = gather(
            Packages(self._root),
            [*programs, *modules],
            lambda package: dependencies(self._archive(package)),
            self._fetch,
            self._plan,
        )
        self._progress("laying out the engine")
        whole = self._work / "whole"
        shutil.rmtree(whole, ignore_errors=True)
        shutil.copytree(
            self._root / _SERVER / _SHARE, whole / _SHARE, ignore=shutil.ignore_patterns("man", "extension")
        )
        extensions.copy_extensions(wanted, folders, whole / _SHARE / "extension")
        copied = [_copy(file, whole / _LIB / file.parent.name) for file in [*programs, *modules]]
        for soname, file in libraries.items():
            _copy(file, whole / "lib", soname)
        self._adapt(whole, copied)
        return whole

    def _modules(self, names: set[str]) -> list[Path]:
        """The modules the SQL names, and those the extension's own package adds and loads by itself."""
        own = {path.stem for path in (self._root / _PACKAGE / _LIB / "lib").glob("*.so")}
        found = [next(self._root.glob(f"*/{_LIB}/lib/{name}.so"), None) for name in sorted(names | own)]
        return [path for path in found if path is not None]

    def _adapt(self, whole: Path, copied: Sequence[Path]) -> None:
        programs = [path for path in copied if path.parent.name == "bin"]
        modules = [path for path in copied if path.parent.name == "lib"]
        loader = Path(patchelf("--print-interpreter", str(programs[0])).strip()).name
        make_relocatable(whole, programs, modules, self._prefix / "lib" / loader)
        write_manifest(whole, self._prefix, self._versions())

    def _versions(self) -> dict[str, str]:
        return {path.name: self._plan[path.name] for path in sorted(self._root.iterdir())}


def _copy(file: Path, folder: Path, name: str | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy2(file, folder / (name or file.name)))


def main() -> int:
    """Installs into the default place and says what it does; 1 and one sentence when it cannot."""
    try:
        engine = install_engine(progress=lambda step: print(f"  {step} …", flush=True))
    except EngineError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"  the engine is in {engine.prefix}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
