"""All resources of an assembly, named and resolved.

Physical names come from the template, or from stack and logical id, so that they are the same at every start
and what is stored under them is found again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.assembly import Assembly, Stack
from local.intrinsics import Evaluator, TemplateError
from local.references import (
    NAME_PROPERTIES,
    REFERRED_PROPERTIES,
    REGION,
    Platform,
    Subject,
    attribute_of,
    ref_of,
    short_hash,
)
from local.stacks import stack_id


@dataclass(frozen=True)
class Resource:
    """One resource of a template with resolved properties."""

    stack: str
    logical_id: str
    type: str
    name: str
    properties: Mapping[str, Any]


def _physical_name(stack: str, logical_id: str, kind: str, properties: Mapping[str, Any]) -> str:
    written = properties.get(NAME_PROPERTIES.get(kind, ""))
    if isinstance(written, str) and written:
        return written
    if kind in {"AWS::ApiGatewayV2::Api", "AWS::CloudFront::Distribution"}:
        return short_hash(f"{stack}/{logical_id}", 10)
    if kind == "AWS::CloudFront::PublicKey":
        return f"K{short_hash(f'{stack}/{logical_id}', 13).upper()}"
    if kind == "AWS::Cognito::UserPool":
        return f"{REGION}_{short_hash(f'{stack}/{logical_id}', 9)}"
    if kind == "AWS::Cognito::UserPoolClient":
        return short_hash(f"{stack}/{logical_id}", 26)
    name = f"{stack}-{logical_id}"
    if kind == "AWS::S3::Bucket":
        name = re.sub("[^a-z0-9-]", "-", name.lower())
    return name if len(name) <= 63 else f"{name[:54]}-{short_hash(name, 8)}"


class ResolvedStacks:
    """All resources of an assembly with their properties resolved, in the order of deployment."""

    def __init__(self, assembly: Assembly, platform: Platform) -> None:
        self._platform = platform
        self._exports: dict[str, Any] = {}
        self.resources: list[Resource] = []
        self.outputs: dict[tuple[str, str], Any] = {}
        for stack in assembly.stacks:
            self._resolve_stack(stack)

    def of_type(self, *types: str) -> Iterator[Resource]:
        return (resource for resource in self.resources if resource.type in types)

    def _resolve_stack(self, stack: Stack) -> None:
        scope = _StackScope(stack, self._platform, self._import, self._output)
        for logical_id in stack.template.get("Resources", {}):
            resource = scope.resource(logical_id)
            if resource is not None:
                self.resources.append(resource)
        for name, output in stack.template.get("Outputs", {}).items():
            value = scope.evaluator.resolve(output["Value"])
            self.outputs[stack.name, name] = value
            if "Export" in output:
                self._exports[scope.evaluator.resolve(output["Export"]["Name"])] = value

    def _import(self, name: str) -> Any:
        if name not in self._exports:
            raise TemplateError(f"no stack deployed before exports {name}")
        return self._exports[name]

    def _output(self, stack: str, name: str) -> Any:
        if (stack, name) not in self.outputs:
            raise TemplateError(f"no stack {stack} with an output {name} is deployed before")
        return self.outputs[stack, name]


class _StackScope:
    """The names that one template can refer to."""

    def __init__(
        self,
        stack: Stack,
        platform: Platform,
        import_value: Callable[[str], Any],
        stack_output: Callable[[str, str], Any],
    ) -> None:
        self._stack = stack
        self._platform = platform
        self._resources: Mapping[str, Any] = stack.template.get("Resources", {})
        self._resolved: dict[str, Resource] = {}
        self._resolving: set[str] = set()
        self.evaluator = Evaluator(
            ref=self._ref,
            get_att=self._get_att,
            import_value=import_value,
            stack_output=stack_output,
            mappings=stack.template.get("Mappings", {}),
            conditions=stack.template.get("Conditions", {}),
            zones=lambda region: [f"{region or platform.region}{letter}" for letter in "abc"],
        )

    def resource(self, logical_id: str) -> Resource | None:
        """The resource, resolved; None when its condition does not hold."""
        body = self._resources[logical_id]
        if "Condition" in body and not self.evaluator.condition(body["Condition"]):
            return None
        if logical_id not in self._resolved:
            subject = self._subject(logical_id)
            properties = self.evaluator.resolve(body.get("Properties", {}))
            self._resolved[logical_id] = Resource(self._stack.name, logical_id, body["Type"], subject.name, properties)
        return self._resolved[logical_id]

    def _subject(self, logical_id: str) -> Subject:
        body = self._resources[logical_id]
        kind, raw = body["Type"], body.get("Properties", {})
        # only what names need is resolved: a whole resource may refer back to the one that asks
        wanted = (NAME_PROPERTIES.get(kind, ""), *REFERRED_PROPERTIES.get(kind, ()))
        properties = {key: self.evaluator.resolve(raw[key]) for key in wanted if key in raw}
        return Subject(self._platform, kind, _physical_name(self._stack.name, logical_id, kind, properties), properties)

    def _ref(self, name: str) -> Any:
        if name.startswith("AWS::"):
            return self._pseudo(name)
        if name in self._resources:
            return ref_of(self._subject(name))
        parameter = self._stack.template.get("Parameters", {}).get(name)
        if parameter is None:
            raise TemplateError(f"{self._stack.name} has neither a resource nor a parameter {name}")
        if "Default" not in parameter:
            raise TemplateError(f"the parameter {name} of {self._stack.name} has no default")
        default = parameter["Default"]
        return default.split(",") if parameter["Type"] == "CommaDelimitedList" else default

    def _get_att(self, name: str, attribute: str) -> Any:
        if name not in self._resources:
            raise TemplateError(f"{self._stack.name} has no resource {name}")
        return attribute_of(self._subject(name), attribute)

    def _pseudo(self, name: str) -> Any:
        values: Mapping[str, Any] = {
            "AWS::AccountId": self._platform.account,
            "AWS::Region": self._platform.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self._stack.name,
            "AWS::StackId": stack_id(self._platform, self._stack.name),
            "AWS::NotificationARNs": [],
        }
        if name not in values:
            raise TemplateError(f"the pseudo parameter {name} is not known")
        return values[name]
