"""The part of Lambda's control plane that releases are looked at and moved by: versions and aliases."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from local.functions.published import split_reference
from local.releases import Alias, NoSuchReleaseError, Releases, Version

_PATH = re.compile(r"/2015-03-31/functions/(?P<name>[^/]+)/(?P<kind>versions|aliases)(?:/(?P<alias>[^/]+))?")


class FunctionAliases:
    """`arn` of a function's name begins those of its versions and aliases."""

    def __init__(self, releases: Releases, arn_prefix: str) -> None:
        self._releases = releases
        self._arn_prefix = arn_prefix

    def answer(self, method: str, path: str, body: bytes) -> web.Response | None:
        """None for calls that are not about versions or aliases; functions without versions are not listed."""
        if (method, path) == ("GET", "/2015-03-31/functions"):
            return web.json_response({"Functions": [self._function(name) for name in self._releases.names()]})
        match = _PATH.fullmatch(path)
        if match is None:
            return None
        name, alias = split_reference(match["name"])[0], match["alias"]
        try:
            return web.json_response(self._answer(method, name, match["kind"], alias, body))
        except NoSuchReleaseError as error:
            return _refusal(404, "ResourceNotFoundException", f"Cannot find it: {error}")
        except _NotHereError as error:
            return _refusal(400, "InvalidParameterValueException", str(error))

    def _answer(self, method: str, name: str, kind: str, alias: str | None, body: bytes) -> dict[str, Any]:
        if name not in self._releases.names():
            raise NoSuchReleaseError(f"{name} has no versions")
        if kind == "versions" and method == "GET":
            return {"Versions": [self._version(name, version) for version in self._releases.versions(name)]}
        if kind == "aliases" and alias is None and method == "GET":
            return {"Aliases": [self._alias(name, a, known) for a, known in self._releases.aliases(name).items()]}
        if alias is None or method not in {"GET", "PUT"}:
            raise _NotHereError("versions and aliases are made by `marquee up`, from the templates")
        known = self._releases.alias(name, alias) if method == "GET" else self._move(name, alias, json.loads(body))
        return self._alias(name, alias, known)

    def _move(self, name: str, alias: str, wanted: Mapping[str, Any]) -> Alias:
        version = wanted.get("FunctionVersion")
        routing = wanted.get("RoutingConfig")
        weights = None if routing is None else routing.get("AdditionalVersionWeights", {})
        return self._releases.move(name, alias, None if version is None else int(version), weights)

    def _function(self, name: str) -> dict[str, Any]:
        return {"FunctionName": name, "FunctionArn": f"{self._arn_prefix}{name}"}

    def _version(self, name: str, version: Version) -> dict[str, Any]:
        return {
            "FunctionName": name,
            "FunctionArn": f"{self._arn_prefix}{name}:{version.number}",
            "Version": str(version.number),
            "LastModified": version.published_at.replace("+00:00", "+0000"),
        }

    def _alias(self, name: str, alias: str, known: Alias) -> dict[str, Any]:
        described: dict[str, Any] = {
            "AliasArn": f"{self._arn_prefix}{name}:{alias}",
            "Name": alias,
            "FunctionVersion": str(known.version),
        }
        return described | ({"RoutingConfig": {"AdditionalVersionWeights": known.weights}} if known.weights else {})


class _NotHereError(Exception):
    """Lambda does it, and this cloud does not; says what to do."""


def _refusal(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"Type": "User", "Message": message}, status=status, headers={"x-amzn-ErrorType": code})
