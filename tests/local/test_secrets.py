"""Secrets have the template's value, a generated one that stays, or the database's address."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from local.assembly import load_assembly
from local.model import Secret, System
from local.references import Platform
from local.secrets import read_reference, secret_values
from local.system import build_system
from tests.local import tiny_app

_PREFIX = "arn:aws:secretsmanager:us-east-1:123456789012:secret:"


@pytest.fixture
def system(tmp_path: Path) -> System:
    """One with a fixed, a generated, a templated and a database secret."""
    assembly = load_assembly(tiny_app.build(tmp_path, tmp_path / "seen"), "dev")
    secrets = (
        Secret("fixed", f"{_PREFIX}fixed-aaaaaa", '{"key": "value"}', None),
        Secret("made", f"{_PREFIX}made-bbbbbb", None, {"PasswordLength": 40, "ExcludeCharacters": "\"@/'"}),
        Secret(
            "user",
            f"{_PREFIX}user-cccccc",
            None,
            {"GenerateStringKey": "password", "SecretStringTemplate": '{"username": "marquee"}'},
        ),
        Secret("database", f"{_PREFIX}database-dddddd", None, {}),
    )
    built = build_system(assembly, Platform(1, 2, 3, 4))
    return replace(built, secrets=secrets, database_secrets=frozenset({f"{_PREFIX}database-dddddd"}))


def test_each_secret_has_its_value(system: System, tmp_path: Path) -> None:
    values = secret_values(system, "mongodb://here/", tmp_path / "secrets.json")
    assert values[f"{_PREFIX}fixed-aaaaaa"] == '{"key": "value"}'
    assert len(values[f"{_PREFIX}made-bbbbbb"]) == 40
    assert not set("\"@/'") & set(values[f"{_PREFIX}made-bbbbbb"])
    user = json.loads(values[f"{_PREFIX}user-cccccc"])
    assert user["username"] == "marquee"
    assert len(user["password"]) == 32
    assert json.loads(values[f"{_PREFIX}database-dddddd"]) == {"uri": "mongodb://here/"}


def test_generated_values_stay_and_are_nobody_elses(system: System, tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    first = secret_values(system, "mongodb://one/", path)
    second = secret_values(system, "mongodb://two/", path)
    assert first[f"{_PREFIX}made-bbbbbb"] == second[f"{_PREFIX}made-bbbbbb"]
    assert json.loads(second[f"{_PREFIX}database-dddddd"]) == {"uri": "mongodb://two/"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_dynamic_reference_may_ask_for_one_key(system: System, tmp_path: Path) -> None:
    values = secret_values(system, "", tmp_path / "secrets.json")
    assert read_reference(values, "fixed:SecretString:key::") == "value"
    assert read_reference(values, f"{_PREFIX}fixed-aaaaaa:SecretString:::") == '{"key": "value"}'
    with pytest.raises(LookupError):
        read_reference(values, "nothing:SecretString:::")
