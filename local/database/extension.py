"""Which files of PostgreSQL's packages an extension takes: read from control files and SQL scripts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# initdb runs the second; the first is in every database
_CORE_MODULES = ("plpgsql", "dict_snowball")
_CORE_EXTENSIONS = ("plpgsql",)


@dataclass(frozen=True)
class Extension:
    """An extension's control file, and the name it is asked for by (`postgis` may lie in postgis-3.control)."""

    name: str
    control: Path
    requires: tuple[str, ...]


def required_extensions(name: str, folders: Iterable[Path]) -> list[Extension]:
    """The extension, all it requires, and those every database has. `folders` hold control files."""
    controls = {path.stem: path for folder in folders for path in sorted(folder.glob("*.control"))}
    found: dict[str, Extension] = {}
    todo = [*_CORE_EXTENSIONS, name]
    while todo:
        wanted = todo.pop()
        if wanted in found:
            continue
        control = controls.get(wanted) or _versioned(wanted, controls)
        requires = _required(control.read_text(encoding="utf-8"))
        found[wanted] = Extension(wanted, control, requires)
        todo.extend(requires)
    return list(found.values())


def _versioned(name: str, controls: dict[str, Path]) -> Path:
    """Debian keeps `postgis-3.control` and links `postgis.control` to it when the package is configured."""
    for stem, path in sorted(controls.items()):
        if re.fullmatch(re.escape(name) + r"-\d+", stem):
            return path
    raise FileNotFoundError(f"no package holds the extension {name}")


def _required(control: str) -> tuple[str, ...]:
    match = re.search(r"^requires\s*=\s*'([^']*)'", control, flags=re.MULTILINE)
    return tuple(part.strip() for part in match[1].split(",") if part.strip()) if match else ()


def scripts(extension: Extension, folders: Iterable[Path]) -> list[Path]:
    """An extension's SQL scripts."""
    return [path for folder in folders for path in sorted(folder.glob(f"{extension.name}--*.sql"))]


def modules(extensions: Iterable[Extension], folders: list[Path]) -> set[str]:
    """Names (without .so) of the modules that the extensions' controls and scripts load."""
    names = set(_CORE_MODULES)
    for extension in extensions:
        for file in [extension.control, *scripts(extension, folders)]:
            names.update(re.findall(r"'\$libdir/([\w-]+)'", file.read_text(encoding="utf-8")))
    return names


def copy_extensions(extensions: Iterable[Extension], folders: list[Path], into: Path) -> None:
    """Copies control files and scripts, under the names PostgreSQL looks for."""
    into.mkdir(parents=True, exist_ok=True)
    for extension in extensions:
        shutil.copyfile(extension.control, into / f"{extension.name}.control")
        for script in scripts(extension, folders):
            shutil.copyfile(script, into / script.name)
