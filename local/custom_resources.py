"""Custom resources: things that a function of the app makes when the stacks are deployed.

CloudFormation calls the function with an event and an address, and waits for an answer there; so is it done here.
What was answered is kept in the state folder: as in a deployment, a resource whose properties are the same is not
made again. One that has gone from the templates is forgotten; its function has gone as well.
"""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from local.functions.service import LambdaService
from local.late import with_answers
from local.listeners import listen
from local.model import CustomResource, System

_LARGEST_ANSWER_BYTES = 4096  # CloudFormation's limit


class CustomResourceError(Exception):
    """A custom resource could not be made; says what its function said."""


def with_custom_resources(system: System, answers: Mapping[str, str]) -> System:
    """The system with what its custom resources answered, in distributions and parameters."""
    return dataclasses.replace(
        system,
        distributions=tuple(
            dataclasses.replace(d, config=with_answers(d.config, answers), policies=with_answers(d.policies, answers))
            for d in system.distributions
        ),
        parameters=with_answers(system.parameters, answers),
    )


class CustomResources:
    """`path` is the file that keeps what was answered."""

    def __init__(self, functions: LambdaService, path: Path) -> None:
        self._functions = functions
        self._path = path
        self._answer: dict[str, Any] | None = None

    async def make(self, resources: tuple[CustomResource, ...]) -> dict[str, str]:
        """Makes what is new or changed; gives all answers by name. Raises CustomResourceError, TemplateError."""
        kept = json.loads(self._path.read_text()) if self._path.exists() else {}
        answers: dict[str, str] = {}
        made: dict[str, Any] = {}
        for resource in resources:
            properties = _as_text(with_answers(resource.properties, answers))
            before = kept.get(resource.id)
            same = before is not None and before["properties"] == properties
            made[resource.id] = before if same else await self._make(resource, properties, before)
            answers[resource.id] = made[resource.id]["physical_id"]
            answers |= {f"{resource.id}#{name}": str(v) for name, v in made[resource.id]["data"].items()}
            self._keep({**kept, **made})
        if resources or kept:
            self._keep(made)
        return answers

    async def _make(
        self, resource: CustomResource, properties: dict[str, Any], before: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        runner = await listen(self._take, 0, purpose="custom resources", client_max_size=_LARGEST_ANSWER_BYTES)
        try:
            host, port = runner.addresses[0][:2]
            event = _event(resource, properties, before, f"http://{host}:{port}/{uuid.uuid4()}")
            self._answer = None
            outcome = await self._functions.invoke(resource.function_arn, json.dumps(event).encode())
        finally:
            await runner.cleanup()
        answer = self._answer
        if answer is None:
            said = outcome.payload[:300].decode(errors="replace") if outcome.failed else "nothing"
            raise CustomResourceError(f"the function that makes {resource.id} did not answer; it said {said}")
        if answer.get("Status") != "SUCCESS":
            raise CustomResourceError(f"{resource.id} could not be made: {answer.get('Reason', 'no reason given')}")
        return {
            "properties": properties,
            "physical_id": answer["PhysicalResourceId"],
            "data": answer.get("Data") or {},
        }

    async def _take(self, request: web.Request) -> web.Response:
        """What the function puts to the address it was given."""
        if request.method != "PUT":
            return web.Response(status=405)
        self._answer = json.loads(await request.read())
        return web.Response()

    def _keep(self, made: Mapping[str, Any]) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(made, indent=1))
        new.replace(self._path)


def _event(
    resource: CustomResource, properties: Mapping[str, Any], before: Mapping[str, Any] | None, url: str
) -> dict[str, Any]:
    event: dict[str, Any] = {
        "RequestType": "Create" if before is None else "Update",
        "ResponseURL": url,
        "StackId": resource.id,
        "RequestId": str(uuid.uuid4()),
        "LogicalResourceId": resource.id,
        "ResourceType": resource.type,
        "ResourceProperties": properties,
    }
    if before is not None:
        event |= {"PhysicalResourceId": before["physical_id"], "OldResourceProperties": before["properties"]}
    return event


def _as_text(value: Any) -> Any:
    """CloudFormation gives every number and truth as text."""
    if isinstance(value, dict):
        return {name: _as_text(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
