"""`marquee versions` and `marquee rollback`: what was released, and the way back, in an environment's account.

A release is taken back by moving aliases, which takes seconds and deploys nothing: API, queues and clock call
functions in their alias `live`, and jobs are started in that of the state machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.table import Table

from cli.control_plane import ControlPlane, told
from cli.display import console, results, tell_error
from cli.endpoint import EndpointError, Json

LIVE = "live"
# What CloudFormation adds to a construct's id, and the CDK before it.
_ADDED = re.compile(r"[0-9A-F]{8}(-\w+)?$")


@dataclass(frozen=True)
class Released:
    """A function or a state machine; `versions` say when each number was published."""

    name: str
    arn: str
    live: int
    versions: Mapping[int, datetime]

    @property
    def is_machine(self) -> bool:
        return ":stateMachine:" in self.arn

    def before(self, moment: datetime | None) -> int | None:
        """The newest version older than `moment`, or than the live one; None where there is none."""
        if moment is None:
            return max((number for number in self.versions if number < self.live), default=None)
        return max((number for number, published in self.versions.items() if published < moment), default=None)


class Account:
    """Everything in an environment's account that is called in an alias. Raises `EndpointError`."""

    def __init__(self, control: ControlPlane) -> None:
        self._prefix = control.prefix
        # CloudFormation names them by their ids alone: it is the stacks that say which are theirs
        self._machine_arns = {
            name.removesuffix("Arn"): value
            for outputs in control.outputs().values()
            for name, value in outputs.items()
            if ":stateMachine:" in value
        }
        self._lambda, self._states = control.client("lambda"), control.client("stepfunctions")

    def released(self) -> list[Released]:
        with told():
            return sorted([*self._functions(), *self._machines()], key=lambda released: released.name)

    def move(self, released: Released, version: int) -> None:
        """Gives every call and new job to `version`."""
        with told():
            if released.is_machine:
                routing = [{"stateMachineVersionArn": f"{released.arn}:{version}", "weight": 100}]
                alias = f"{released.arn}:{LIVE}"
                self._states.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=routing)
                return
            self._lambda.update_alias(
                FunctionName=released.arn,
                Name=LIVE,
                FunctionVersion=str(version),
                RoutingConfig={"AdditionalVersionWeights": {}},
            )

    def _functions(self) -> Iterator[Released]:
        for function in _pages(self._lambda, "list_functions", "Functions"):
            name, arn = function["FunctionName"], function["FunctionArn"]
            if not name.startswith(self._prefix):
                continue
            aliases = _pages(self._lambda, "list_aliases", "Aliases", FunctionName=arn)
            live = next((alias["FunctionVersion"] for alias in aliases if alias["Name"] == LIVE), None)
            if live is None:
                continue  # a step: the state machine's versions name theirs
            versions = {
                int(version["Version"]): datetime.fromisoformat(version["LastModified"])
                for version in _pages(self._lambda, "list_versions_by_function", "Versions", FunctionName=arn)
                if version["Version"] != "$LATEST"
            }
            yield Released(self._short(name), arn, int(live), versions)

    def _machines(self) -> Iterator[Released]:
        for name, arn in self._machine_arns.items():
            alias = self._states.describe_state_machine_alias(stateMachineAliasArn=f"{arn}:{LIVE}")
            first = max(alias["routingConfiguration"], key=lambda part: part["weight"])
            found = self._states.list_state_machine_versions(stateMachineArn=arn, maxResults=1000)
            versions = {
                _number(version["stateMachineVersionArn"]): version["creationDate"]
                for version in found["stateMachineVersions"]
            }
            yield Released(name, arn, _number(first["stateMachineVersionArn"]), versions)

    def _short(self, name: str) -> str:
        return _ADDED.sub("", name.removeprefix(self._prefix).partition("-")[2])


def show_versions(control: ControlPlane, as_json: bool) -> int:
    """The exit code."""
    try:
        found = Account(control).released()
    except EndpointError as error:
        tell_error(error, as_json)
        return 1
    if as_json:
        print(json.dumps([_described(released) for released in found]))
        return 0
    table = Table("name", "live", "published", "older")
    for released in found:
        published = released.versions.get(released.live)
        older = [str(number) for number in sorted(released.versions, reverse=True) if number < released.live]
        moment = published.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ") if published else "?"
        table.add_row(released.name, str(released.live), moment, " ".join(older[:5]))
    results().print(table)
    return 0


def roll_back(
    control: ControlPlane, names: Iterable[str], *, to: int | None, before: datetime | None, as_json: bool
) -> int:
    """The exit code. Without names: everything that was released since `before`."""
    try:
        account = Account(control)
        moves = list(_moves(account.released(), set(names), to, before))
        for released, version in moves:
            account.move(released, version)
    except EndpointError as error:
        tell_error(error, as_json)
        return 1
    if as_json:
        print(json.dumps([{"name": r.name, "from": r.live, "to": version} for r, version in moves]))
        return 0
    for released, version in moves:
        results().print(f"{released.name}: {released.live} → {version}")
    if not moves:
        console.print("Nothing is older: nothing was moved.")
    return 0


def _moves(
    found: list[Released], names: set[str], to: int | None, before: datetime | None
) -> Iterator[tuple[Released, int]]:
    unknown = names - {released.name for released in found}
    if unknown:
        raise EndpointError(f"Nothing is called {', '.join(sorted(unknown))}: see `marquee versions`.", code="unknown")
    for released in found:
        if names and released.name not in names:
            continue
        version = to if to is not None else released.before(before)
        if version is not None and version not in released.versions:
            raise EndpointError(f"{released.name} has no version {version}.", code="unknown")
        if version is not None and version != released.live:
            yield released, version


def _described(released: Released) -> Json:
    published = {str(number): moment.isoformat() for number, moment in sorted(released.versions.items())}
    return {"name": released.name, "arn": released.arn, "live": released.live, "versions": published}


def _pages(client: Any, operation: str, field: str, **arguments: str) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[field]


def _number(version_arn: str) -> int:
    return int(version_arn.rpartition(":")[2])
