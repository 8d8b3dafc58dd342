"""Published versions of functions: the newest runs from the assembly, older ones from copies in the state folder.

What a version is made of is kept when it is published: its settings, and its code with the layers that hold ours.
Addresses of this machine (ports, folders, the Python that runs us) are put in anew at each start.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from local.differences import platform_environment
from local.functions.outcome import UnknownFunctionError
from local.model import Function
from local.references import Platform
from local.releases import FunctionAlias, FunctionVersion, NoSuchReleaseError, Releases

LATEST = "$LATEST"
_ASSET = "asset."  # how the CDK begins an asset's folder; its content's hash follows


def split_reference(reference: str) -> tuple[str, str]:
    """Name and qualifier of `arn:aws:lambda:region:account:function:name[:qualifier]` or `name[:qualifier]`."""
    parts = reference.split(":")
    name, *rest = parts[6:] if parts[0] == "arn" and len(parts) > 6 else parts
    return name, rest[0] if rest else LATEST


class PublishedFunctions:
    """`releases` and the copies lie in `folder`."""

    def __init__(self, functions: Mapping[str, Function], platform: Platform, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.releases = Releases(folder / "functions.json")
        self._functions = functions
        self._platform = platform
        self._assets = folder / "assets"
        self._current: dict[tuple[str, str], Function] = {}  # by name and the templates' id of the version
        self._found: dict[tuple[str, str], Function] = {}  # by name and number

    def deploy(self, versions: Iterable[FunctionVersion], aliases: Iterable[FunctionAlias]) -> None:
        """Publishes what is new, and moves the aliases that the templates move."""
        for version in versions:
            function = self._functions[version.function]
            self._current[version.function, version.id] = function
            self.releases.publish(version.function, version.id, lambda f=function: self._content(f))  # type: ignore[misc]
        for alias in aliases:
            self.releases.deploy(alias.function, alias.name, alias.version)
        self.releases.keep()
        self._remove_unused()

    def find(self, reference: str) -> tuple[str, Function]:
        """A function as it is run for a reference, and the number of its version. Raises UnknownFunctionError."""
        name, qualifier = split_reference(reference)
        if name not in self._functions:
            raise UnknownFunctionError(f"Function not found: {reference}")
        if qualifier == LATEST:
            return LATEST, self._functions[name]
        try:
            version = self.releases.find(name, qualifier)
        except NoSuchReleaseError as error:
            raise UnknownFunctionError(f"Function not found: {reference}") from error
        number = str(version.number)
        if (name, number) not in self._found:
            function = self._current.get((name, version.id)) or self._restored(version.content)
            environment = {**function.environment, "AWS_LAMBDA_FUNCTION_VERSION": number}
            self._found[name, number] = replace(function, arn=f"{function.arn}:{number}", environment=environment)
        return number, self._found[name, number]

    def _content(self, function: Function) -> dict[str, Any]:
        assets = {str(root): root.name for root in _roots(function)}
        for root, name in assets.items():
            if not (self._assets / name).exists():
                new = self._assets / f"{name}.new"
                shutil.copytree(root, new, dirs_exist_ok=True)
                new.rename(self._assets / name)
        return {"function": _as_json(function), "assets": assets, "places": _places(self._platform)}

    def _restored(self, content: Mapping[str, Any]) -> Function:
        text = json.dumps(content["function"])
        for root, name in content["assets"].items():
            text = text.replace(root, str(self._assets / name))
        for place, here in zip(content["places"], _places(self._platform), strict=True):
            text = text.replace(place, here)
        kept = json.loads(text)
        environment = {**kept.pop("environment"), **platform_environment(self._platform)}
        argv, directory = tuple(kept.pop("argv")), Path(kept.pop("directory"))
        return Function(**kept, argv=argv, directory=directory, environment=environment)

    def _remove_unused(self) -> None:
        releases = self.releases
        used = {a for name in releases.names() for v in releases.versions(name) for a in v.content["assets"].values()}
        for folder in self._assets.iterdir() if self._assets.exists() else ():
            if folder.name not in used:
                shutil.rmtree(folder, ignore_errors=True)


def _roots(function: Function) -> set[Path]:
    """The folders of assets that a function runs from."""
    search = [str(function.directory), *function.environment.get("PYTHONPATH", "").split(":")]
    return {root for path in search if path and (root := _asset_of(Path(path))) is not None}


def _asset_of(path: Path) -> Path | None:
    return next((folder for folder in (path, *path.parents) if folder.name.startswith(_ASSET)), None)


def _places(platform: Platform) -> list[str]:
    """What of this machine stands in a function's settings; the longest first, as one may begin another."""
    ports = (platform.aws_port, platform.edge_port, platform.valkey_port, platform.database_port, platform.tmdb_port)
    return [sys.executable, *(f"127.0.0.1:{port}" for port in ports)]


def _as_json(function: Function) -> dict[str, Any]:
    return {**asdict(function), "directory": str(function.directory), "environment": dict(function.environment)}
