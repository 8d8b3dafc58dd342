"""Takes the part of `requirements.lock` that one layer needs, hashes and all.

The lock says of every package which others asked for it (`# via`), so the closure of a few names is read
from the lock alone: no resolver, no registry, and nothing that the lock does not pin.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


class NotLocked(Exception):
    """A package was asked for that the lock does not hold."""


@dataclass(frozen=True)
class Pin:
    """One package at one version: its lines in the lock (two when versions differ by Python), who wants it."""

    name: str
    lines: tuple[str, ...]
    wanted_by: frozenset[str]


def canonical(name: str) -> str:
    """The name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(lock: str) -> tuple[Pin, ...]:
    """All pins of the lock's text, in its order."""
    blocks: list[list[str]] = []
    for line in lock.splitlines():
        if _REQUIREMENT.match(line):
            blocks.append([line])
        elif blocks and line.startswith(" "):
            blocks[-1].append(line)
    return tuple(_pin(block) for block in blocks)


def closure(pins: Iterable[Pin], roots: Iterable[str]) -> tuple[Pin, ...]:
    """The pins of `roots` and of everything they need, in the lock's order."""
    pins = tuple(pins)
    locked = {pin.name for pin in pins}
    needed = {canonical(root) for root in roots}
    if unknown := needed - locked:
        raise NotLocked(f"not in the lock: {', '.join(sorted(unknown))}")
    while True:
        more = {pin.name for pin in pins if pin.wanted_by & needed} - needed
        if not more:
            return tuple(pin for pin in pins if pin.name in needed)
        needed |= more


def requirements(pins: Iterable[Pin]) -> str:
    """The pins as a requirements file for `--require-hashes`."""
    return "".join("\n".join(pin.lines) + "\n" for pin in pins)


def declared(pyproject: Path) -> Mapping[str, tuple[str, ...]]:
    """Names of the packages asked for in `pyproject.toml`: by extra, the base ones under the empty name."""
    project = tomllib.loads(pyproject.read_text())["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return {group: tuple(_name(text) for text in texts) for group, texts in groups.items()}


def _name(requirement: str) -> str:
    match = _NAME.match(requirement)
    if match is None:
        raise ValueError(f"not a requirement: {requirement!r}")
    return canonical(match.group())


def _pin(block: list[str]) -> Pin:
    match = _REQUIREMENT.match(block[0])
    if match is None:
        raise ValueError(f"not a pin: {block[0]!r}")
    comments = [line.strip().lstrip("# ").removeprefix("via").strip() for line in block if _is_comment(line)]
    wanted_by = {canonical(comment.split("[")[0].split(" ")[0]) for comment in comments if comment}
    lines = tuple(line for line in block if not _is_comment(line))
    return Pin(name=canonical(match.group(1)), lines=lines, wanted_by=frozenset(wanted_by))


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
