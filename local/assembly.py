"""Reads a synthesized cloud assembly (`cdk.out`): which stacks, in which order, with which files.

Knows the layout that the CDK writes (manifest, nested stage assemblies, asset manifests) and nothing of what
the templates mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_STACK = "aws:cloudformation:stack"
_NESTED = "cdk:cloud-assembly"
_ASSETS = "cdk:asset-manifest"


class AssemblyError(Exception):
    """The assembly is not there, is not complete, or has no such environment."""


@dataclass(frozen=True)
class Asset:
    """A file, directory or Docker build context that a template refers to by its hash."""

    path: Path
    packaging: str  # `zip` (a directory to be zipped), `file`, or `image`


@dataclass(frozen=True)
class Stack:
    """One template as synthesized. `region` is None when the stack does not say."""

    name: str
    template: Mapping[str, Any]
    region: str | None
    account: str | None


@dataclass(frozen=True)
class Assembly:
    """Everything of one environment: stacks in the order of deployment, assets by their hash."""

    stacks: tuple[Stack, ...]
    assets: Mapping[str, Asset]

    def asset(self, reference: str) -> Asset:
        """The asset whose hash is in an object key (`<hash>.zip`) or an image address (`…:<hash>`)."""
        name = reference.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        found = self.assets.get(name) or self.assets.get(name.split(".", 1)[0])
        if found is None:
            raise AssemblyError(f"no asset of this assembly is called {reference}")
        return found


def load_assembly(directory: Path, environment: str) -> Assembly:
    """The assembly of one environment: the stage whose name ends in it, or the only stage there is.

    Raises AssemblyError, which says what to do.
    """
    if not (directory / "manifest.json").is_file():
        raise AssemblyError(f"there is no cloud assembly in {directory}: run `make synth` first")
    home, manifest = _stage(directory, environment)
    artifacts: dict[str, Any] = manifest.get("artifacts", {})
    stacks = tuple(_stack(home, name, artifacts[name]) for name in _in_order(artifacts))
    if not stacks:
        raise AssemblyError(f"the cloud assembly in {home} has no stacks")
    assets: dict[str, Asset] = {}
    for artifact in artifacts.values():
        if artifact["type"] == _ASSETS:
            assets.update(_assets(home, artifact["properties"]["file"]))
    return Assembly(stacks, assets)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise AssemblyError(f"{path} cannot be read: {error}; run `make synth` again") from error
    if not isinstance(content, dict):
        raise AssemblyError(f"{path} is not a JSON object; run `make synth` again")
    return content


def _stage(directory: Path, environment: str) -> tuple[Path, dict[str, Any]]:
    manifest = _read(directory / "manifest.json")
    nested = {
        name: artifact["properties"]["directoryName"]
        for name, artifact in manifest.get("artifacts", {}).items()
        if artifact["type"] == _NESTED
    }
    if not nested:
        return directory, manifest
    chosen = [folder for name, folder in nested.items() if _named(name, environment)]
    if len(chosen) != 1:
        raise AssemblyError(f"{directory} has no environment {environment}; it has {', '.join(sorted(nested))}")
    home = directory / chosen[0]
    return home, _read(home / "manifest.json")


def _named(stage: str, environment: str) -> bool:
    words = stage.removeprefix("assembly-").lower().split("-")
    return words[-1] == environment.lower()


def _in_order(artifacts: Mapping[str, Any]) -> Iterator[str]:
    """Names of the stacks, each after the stacks it depends on."""
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in done:
            return
        done.add(name)
        artifact = artifacts.get(name)
        if artifact is None:
            return
        for dependency in artifact.get("dependencies", ()):
            yield from visit(dependency)
        if artifact["type"] == _STACK:
            yield name

    for name in artifacts:
        yield from visit(name)


def _stack(home: Path, artifact_id: str, artifact: Mapping[str, Any]) -> Stack:
    properties = artifact["properties"]
    account, _, region = artifact.get("environment", "").removeprefix("aws://").partition("/")
    return Stack(
        name=properties.get("stackName", artifact_id),
        template=_read(home / properties["templateFile"]),
        region=None if "unknown" in region or not region else region,
        account=None if "unknown" in account or not account else account,
    )


def _assets(home: Path, file: str) -> Iterator[tuple[str, Asset]]:
    manifest = _read(home / file)
    for key, entry in manifest.get("files", {}).items():
        source = entry["source"]
        if "path" not in source:
            continue
        asset = Asset((home / source["path"]).resolve(), source.get("packaging", "file"))
        yield key, asset
        for destination in entry["destinations"].values():
            yield destination["objectKey"].rsplit("/", 1)[-1].split(".", 1)[0], asset
    for key, entry in manifest.get("dockerImages", {}).items():
        if "directory" not in entry["source"]:
            continue
        asset = Asset((home / entry["source"]["directory"]).resolve(), "image")
        yield key, asset
        for destination in entry["destinations"].values():
            yield destination["imageTag"], asset
