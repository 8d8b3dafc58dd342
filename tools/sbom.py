"""Writes what Marquee is made of: `python -m tools.sbom [file]`, CycloneDX 1.6, read from the locks alone.

Two runs over the same locks give the same bytes: there is no date and no serial number in it.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from infra.lockfile import read_pins

ROOT = Path(__file__).resolve().parents[1]
PYTHON_LOCK = "requirements.lock"
NPM_LOCKS = ("web/package-lock.json", "infra/cli/package-lock.json")
DEFAULT = ROOT / "build" / "sbom.cdx.json"

_VERSION = re.compile(r"==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_ALGORITHMS = {"sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}

Component = dict[str, Any]


def bill_of_materials(root: Path = ROOT) -> dict[str, Any]:
    """The document. A component's `marquee:lock` says which lock asks for it."""
    components = [*_of_python(root / PYTHON_LOCK), *(c for lock in NPM_LOCKS for c in _of_npm(root / lock, lock))]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "marquee", "bom-ref": "marquee"}},
        "components": sorted(_merged(components), key=lambda component: str(component["bom-ref"])),
    }


def _of_python(lock: Path) -> Iterator[Component]:
    for pin in read_pins(lock.read_text()):
        text = "\n".join(pin.lines)
        hashes = [{"alg": "SHA-256", "content": found} for found in sorted(set(_HASH.findall(text)))]
        for version in sorted(set(_VERSION.findall(text))):
            yield _component(pin.name, version, f"pkg:pypi/{quote(pin.name)}@{quote(version)}", hashes, PYTHON_LOCK)


def _of_npm(lock: Path, name: str) -> Iterator[Component]:
    packages: Mapping[str, Mapping[str, Any]] = json.loads(lock.read_text())["packages"]
    for path, package in packages.items():
        if not path or package.get("link"):
            continue  # the project itself
        found = str(package.get("name") or path.rpartition("node_modules/")[2])
        version = str(package["version"])
        address = f"pkg:npm/{quote(found, safe='/')}@{quote(version)}"
        component = _component(found, version, address, _integrity(package.get("integrity", "")), name)
        if license_id := package.get("license"):
            component["licenses"] = [{"expression": license_id}]
        yield component


def _integrity(text: str) -> list[dict[str, str]]:
    """npm's `sha512-<base64>` as CycloneDX has it."""
    algorithm, _, encoded = text.partition("-")
    if algorithm not in _ALGORITHMS:
        return []
    return [{"alg": _ALGORITHMS[algorithm], "content": base64.b64decode(encoded).hex()}]


def _component(name: str, version: str, address: str, hashes: list[dict[str, str]], lock: str) -> Component:
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        "hashes": hashes,
        "properties": [{"name": "marquee:lock", "value": lock}],
    }


def _merged(components: list[Component]) -> list[Component]:
    """Each package at a version once, with every lock that asks for it."""
    by_reference: dict[str, Component] = {}
    for component in components:
        known = by_reference.setdefault(component["bom-ref"], component)
        known["properties"] += [p for p in component["properties"] if p not in known["properties"]]
    return list(by_reference.values())


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill_of_materials(), indent=1) + "\n")


if __name__ == "__main__":
    main()
