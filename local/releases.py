"""What was published under a name: numbered versions that never change, and aliases that name one of them.

As in a deployment, an alias moves when the templates ask for another version than last time; where somebody has
moved it by hand (a rollback), it stays until then.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KEPT = 5  # versions of a name, besides those that an alias names


class NoSuchReleaseError(LookupError):
    """There is no such version or alias; says which."""


@dataclass(frozen=True)
class FunctionVersion:
    """A function as it is now, by the name that the templates give to that: another content has another id."""

    id: str
    function: str


@dataclass(frozen=True)
class FunctionAlias:
    """`version` is an id."""

    name: str
    function: str
    version: str


@dataclass(frozen=True)
class Version:
    """`id` is what the templates call it. `content` is what was published, as JSON."""

    number: int
    id: str
    published_at: str
    content: Mapping[str, Any]


@dataclass
class Alias:
    """`weights` give parts of the calls (0 to 1) to other versions; `deployed` is the version's id in the templates."""

    version: int
    deployed: str
    weights: dict[str, float] = field(default_factory=dict)

    def draw(self, chance: float) -> int:
        """The version for a call; `chance` is drawn from 0 to 1."""
        for number, part in self.weights.items():
            if chance < part:
                return int(number)
            chance -= part
        return self.version


class Releases:
    """Kept in the file `path`."""

    def __init__(self, path: Path, *, chance: Callable[[], float] = random.random) -> None:
        self._path = path
        self._chance = chance
        found = json.loads(path.read_text()) if path.exists() else {}
        self._versions = {n: [Version(**v) for v in kept["versions"]] for n, kept in found.items()}
        self._aliases = {n: {a: Alias(**d) for a, d in kept["aliases"].items()} for n, kept in found.items()}

    def publish(self, name: str, version_id: str, content: Callable[[], Mapping[str, Any]]) -> bool:
        """Publishes what the templates call `version_id`, unless it is there; whether it was new."""
        versions = self._versions.setdefault(name, [])
        if any(version.id == version_id for version in versions):
            return False
        number = versions[-1].number + 1 if versions else 1
        versions.append(Version(number, version_id, datetime.now(UTC).isoformat(timespec="milliseconds"), content()))
        return True

    def deploy(self, name: str, alias: str, version_id: str) -> None:
        """Lets an alias name what the templates ask for."""
        aliases = self._aliases.setdefault(name, {})
        known = aliases.get(alias)
        if known is None or known.deployed != version_id:
            aliases[alias] = Alias(self._by_id(name, version_id).number, deployed=version_id)

    def keep(self) -> None:
        """Writes everything down, without what is old and unused."""
        for name, versions in self._versions.items():
            named = self._named(name)
            self._versions[name] = [v for v in versions[:-KEPT] if str(v.number) in named] + versions[-KEPT:]
        content = {
            name: {
                "versions": [asdict(version) for version in versions],
                "aliases": {alias: asdict(known) for alias, known in self._aliases.get(name, {}).items()},
            }
            for name, versions in self._versions.items()
        }
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(content))
        new.replace(self._path)

    def move(self, name: str, alias: str, version: int | None, weights: Mapping[str, float] | None) -> Alias:
        """Raises NoSuchReleaseError. What is None stays."""
        known = self.alias(name, alias)
        for number in (version, *(weights or {})):
            if number is not None:
                self._by_number(name, int(number))
        known.version = known.version if version is None else version
        known.weights = known.weights if weights is None else dict(weights)
        self.keep()
        return known

    def names(self) -> Collection[str]:
        return self._versions.keys()

    def versions(self, name: str) -> list[Version]:
        """From the oldest on; none of an unknown name."""
        return list(self._versions.get(name, ()))

    def aliases(self, name: str) -> Mapping[str, Alias]:
        return dict(self._aliases.get(name, {}))

    def alias(self, name: str, alias: str) -> Alias:
        """Raises NoSuchReleaseError."""
        known = self._aliases.get(name, {}).get(alias)
        if known is None:
            raise NoSuchReleaseError(f"{name} has no alias {alias}")
        return known

    def find(self, name: str, qualifier: str) -> Version:
        """By an alias, a number or the templates' id. Raises NoSuchReleaseError."""
        known = self._aliases.get(name, {}).get(qualifier)
        if known is not None:
            return self._by_number(name, known.draw(self._chance()))
        return self._by_number(name, int(qualifier)) if qualifier.isdecimal() else self._by_id(name, qualifier)

    def _named(self, name: str) -> set[str]:
        aliases = self._aliases.get(name, {}).values()
        return {str(alias.version) for alias in aliases} | {n for alias in aliases for n in alias.weights}

    def _by_number(self, name: str, number: int) -> Version:
        return self._one(name, str(number), lambda version: version.number == number)

    def _by_id(self, name: str, version_id: str) -> Version:
        return self._one(name, version_id, lambda version: version.id == version_id)

    def _one(self, name: str, wanted: str, matches: Callable[[Version], bool]) -> Version:
        found = next((version for version in self._versions.get(name, ()) if matches(version)), None)
        if found is None:
            raise NoSuchReleaseError(f"{name} has no version {wanted}")
        return found
