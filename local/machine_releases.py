"""Versions and aliases of state machines: which definition an execution is run by that is started in an alias.

moto keeps aliases and starts nothing in them, and its versions have executions of their own: in AWS all executions
are the machine's, and that is what makes their names unique.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local.model import StateMachine
from local.releases import Alias, NoSuchReleaseError, Releases

_DESCRIBE = StepFunctionsParserBackend.describe_state_machine


class MachineReleases:
    """Kept in `folder`; versions are named by their definitions' hashes."""

    def __init__(self, machines: Iterable[StateMachine], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._releases = Releases(folder / "machines.json")
        for machine in machines:
            content = {"definition": machine.definition}
            version_id = hashlib.sha256(machine.definition.encode()).hexdigest()
            self._releases.publish(machine.arn, version_id, lambda c=content: c)  # type: ignore[misc]
            for alias in machine.aliases:
                self._releases.deploy(machine.arn, alias, version_id)
        self._releases.keep()

    def install(self) -> None:
        """Lets moto start executions in aliases and versions; a later call is for another cloud."""
        releases = self._releases

        def describe(backend: Any, arn: str) -> Any:
            machine, _, qualifier = _split(arn)
            if not qualifier or machine not in releases.names():
                return _DESCRIBE(backend, arn)
            version = releases.find(machine, qualifier)
            return _Released(_DESCRIBE(backend, machine), version.content["definition"])

        StepFunctionsParserBackend.describe_state_machine = describe

    def answer(self, action: str, body: bytes) -> web.Response | None:
        """None for calls that are not about versions or aliases."""
        handler = _ACTIONS.get(action)
        if handler is None:
            return None
        try:
            return _answer(handler(self._releases, json.loads(body)))
        except NoSuchReleaseError as error:
            return _answer({"__type": "ResourceNotFound", "message": str(error)}, status=400)


class _Released:
    """A machine with the definition of one of its versions; all else, its executions too, is the machine's."""

    def __init__(self, machine: Any, definition: str) -> None:
        self._machine = machine
        self.definition = definition

    def __getattr__(self, name: str) -> Any:
        return getattr(self._machine, name)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """What an execution is run by: a copy is made of the machine when it starts."""
        clone = copy.deepcopy(self._machine, memo)
        clone.definition = self.definition
        return clone


def _split(arn: str) -> tuple[str, str, str]:
    """`arn:aws:states:region:account:stateMachine:name[:qualifier]`."""
    parts = arn.split(":")
    return ":".join(parts[:7]), ":", ":".join(parts[7:])


def _versions(releases: Releases, request: Mapping[str, Any]) -> dict[str, Any]:
    machine = request["stateMachineArn"]
    newest_first = reversed(releases.versions(machine))
    return {
        "stateMachineVersions": [
            {"stateMachineVersionArn": f"{machine}:{v.number}", "creationDate": v.published_at} for v in newest_first
        ]
    }


def _aliases(releases: Releases, request: Mapping[str, Any]) -> dict[str, Any]:
    machine = request["stateMachineArn"]
    created = releases.versions(machine)[0].published_at if releases.versions(machine) else ""
    return {
        "stateMachineAliases": [
            {"stateMachineAliasArn": f"{machine}:{name}", "creationDate": created} for name in releases.aliases(machine)
        ]
    }


def _describe_alias(releases: Releases, request: Mapping[str, Any]) -> dict[str, Any]:
    machine, _, name = _split(request["stateMachineAliasArn"])
    known = releases.alias(machine, name)
    return {
        "stateMachineAliasArn": request["stateMachineAliasArn"],
        "name": name,
        "routingConfiguration": _routing(machine, known),
    }


def _update_alias(releases: Releases, request: Mapping[str, Any]) -> dict[str, Any]:
    machine, _, name = _split(request["stateMachineAliasArn"])
    parts = {_split(r["stateMachineVersionArn"])[2]: r["weight"] for r in request.get("routingConfiguration", ())}
    first, *others = sorted(parts, key=lambda number: -parts[number])
    releases.move(machine, name, int(first), {number: parts[number] / 100 for number in others})
    return {"updateDate": releases.find(machine, first).published_at}


def _routing(machine: str, alias: Alias) -> list[dict[str, Any]]:
    others = {number: round(100 * part) for number, part in alias.weights.items()}
    weights = {str(alias.version): 100 - sum(others.values()), **others}
    return [{"stateMachineVersionArn": f"{machine}:{number}", "weight": weight} for number, weight in weights.items()]


_ACTIONS: dict[str, Callable[[Releases, Mapping[str, Any]], dict[str, Any]]] = {
    "ListStateMachineVersions": _versions,
    "ListStateMachineAliases": _aliases,
    "DescribeStateMachineAlias": _describe_alias,
    "UpdateStateMachineAlias": _update_alias,
}


def _answer(body: Mapping[str, Any], *, status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(body), status=status, content_type="application/x-amz-json-1.0")
