"""The bill of materials is a CycloneDX document of everything that is locked, and the same each time."""

from __future__ import annotations

import json
import re

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools.sbom import NPM_LOCKS, ROOT, bill_of_materials


def test_it_is_valid() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill_of_materials())) is None


def test_it_has_every_locked_package_once_and_with_its_hashes() -> None:
    components = {c["bom-ref"]: c for c in bill_of_materials()["components"]}
    lock = (ROOT / "requirements.lock").read_text()
    for name, version in re.findall(r"(?m)^([a-z0-9.-]+)(?:\[.*?\])?==([^\s;\\]+)", lock):
        assert components[f"pkg:pypi/{name}@{version.replace('+', '%2B')}"]["hashes"]
    for file in NPM_LOCKS:
        for path, package in json.loads((ROOT / file).read_text())["packages"].items():
            if path:
                name = path.rpartition("node_modules/")[2].replace("@", "%40")
                assert components[f"pkg:npm/{name}@{package['version']}"]["hashes"]


def test_it_says_which_lock_asks_for_a_package() -> None:
    locks = {p["value"] for c in bill_of_materials()["components"] for p in c["properties"]}
    assert locks == {"requirements.lock", *NPM_LOCKS}


def test_it_is_the_same_each_time() -> None:
    assert json.dumps(bill_of_materials()) == json.dumps(bill_of_materials())
