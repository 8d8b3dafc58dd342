"""Secret values: from the template, generated once and kept, or the database's address."""

from __future__ import annotations

import json
import re
import secrets
import string
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from local.model import Secret, System

_DYNAMIC = re.compile(r"\{\{resolve:secretsmanager:([^}]+)\}\}")
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def secret_values(
    system: System, database_uri: str, path: Path, given: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """The value of every secret by ARN; `given` are some that are known.

    Generated ones are kept in `path`, so that they are the same next time.
    """
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    values: dict[str, str] = {}
    for secret in system.secrets:
        if secret.arn in system.database_secrets:
            # where the cluster's secret has user and host, this one has the address of the engine that runs here
            values[secret.arn] = json.dumps({"uri": database_uri})
        elif secret.arn in given:
            values[secret.arn] = given[secret.arn]
        else:
            values[secret.arn] = kept.setdefault(secret.arn, _value(secret))
    _write(path, kept)
    return values


def keep_values(values: Mapping[str, str], system: System, path: Path) -> None:
    """Keeps what functions have put into secrets, so that it is the same next time."""
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    elsewhere = system.database_secrets | system.tmdb_secrets
    _write(path, kept | {arn: text for arn, text in values.items() if arn not in elsewhere})


def read_reference(values: Mapping[str, str], reference: str) -> str:
    """What a dynamic reference `arn-or-name:SecretString[:key…]` stands for. Raises LookupError."""
    name, _, rest = reference.partition(":SecretString")
    text = next((v for arn, v in values.items() if arn == name or f":secret:{name}-" in arn), None)
    if text is None:
        raise LookupError(f"there is no secret {name}")
    key = rest.lstrip(":").split(":", 1)[0]
    return str(json.loads(text)[key]) if key else text


def with_references(text: str, read: Callable[[str], str]) -> str:
    """`text` with what each dynamic reference in it stands for, as CloudFormation deploys it."""
    return _DYNAMIC.sub(lambda match: read(match[1]), text)


def _value(secret: Secret) -> str:
    if secret.value is not None:
        return secret.value
    options = secret.generate or {}
    password = _password(options)
    if "GenerateStringKey" in options:
        template = json.loads(options.get("SecretStringTemplate", "{}"))
        return json.dumps({**template, options["GenerateStringKey"]: password})
    return password


def _password(options: Mapping[str, Any]) -> str:
    kinds = {
        "ExcludeLowercase": string.ascii_lowercase,
        "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeNumbers": string.digits,
        "ExcludePunctuation": _PUNCTUATION,
    }
    excluded = set(options.get("ExcludeCharacters", ""))
    letters = [
        letter
        for option, kind in kinds.items()
        if str(options.get(option, False)).lower() != "true"
        for letter in kind
        if letter not in excluded
    ]
    return "".join(secrets.choice(letters) for _ in range(int(options.get("PasswordLength", 32))))


def _write(path: Path, kept: Mapping[str, str]) -> None:
    if not kept:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(kept, indent=1))
    new.replace(path)
