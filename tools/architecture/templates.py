"""An environment's templates as one graph: resources by their path in the app, and what refers to what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Resource:
    """`path`: ids of its constructs below the stack, as `Ingest/DeadLetters`."""

    stack: str
    logical_id: str
    type: str
    path: str
    properties: Properties

    @property
    def construct(self) -> str:
        """The outermost construct that it belongs to."""
        return self.path.partition("/")[0]


@dataclass(frozen=True)
class Templates:
    """Everything of one environment. `depends_on`: stacks by name, in the order of deployment, each with those
    that it needs."""

    depends_on: Mapping[str, tuple[str, ...]]
    resources: tuple[Resource, ...]
    _exports: Mapping[str, tuple[str, Any]]
    _by_id: Mapping[tuple[str, str], Resource]

    def of(self, *types: str) -> Iterator[Resource]:
        return (resource for resource in self.resources if resource.type in types)

    def referred(self, stack: str, value: object) -> Iterator[Resource]:
        """Every resource that a value in a template of `stack` refers to, in this stack or by another's output."""
        if isinstance(value, list):
            for item in value:
                yield from self.referred(stack, item)
        if not isinstance(value, dict):
            return
        for key, item in value.items():
            match key, item:
                case ("Ref", str(name)) | ("Fn::GetAtt", [str(name), *_]):
                    found = self._by_id.get((stack, name))
                    if found is not None:
                        yield found
                case "Fn::ImportValue", str(name):
                    where, told = self._exports[name]
                    yield from self.referred(where, told)
                case _:
                    yield from self.referred(stack, item)

    def one(self, stack: str, value: object) -> Resource:
        """What a value refers to first; an alias or version of a function or state machine is that itself."""
        found = next(self.referred(stack, value))
        return self.whole(found)

    def whole(self, resource: Resource) -> Resource:
        """The function or state machine that an alias or version is of; any other resource itself."""
        named = _NAMED_BY.get(resource.type)
        if named is None:
            return resource
        return self.one(resource.stack, {name: resource.properties.get(name) for name in named})


_NAMED_BY = {
    "AWS::Lambda::Alias": ("FunctionName",),
    "AWS::Lambda::Version": ("FunctionName",),
    "AWS::StepFunctions::StateMachineAlias": ("DeploymentPreference", "RoutingConfiguration"),
    "AWS::StepFunctions::StateMachineVersion": ("StateMachineArn",),
    "AWS::SecretsManager::SecretTargetAttachment": ("SecretId",),
}


def load(assembly: Path, environment: str) -> Templates:
    """The templates of `Marquee-{environment}` in a cloud assembly."""
    stage = f"Marquee-{environment}"
    folder = assembly / f"assembly-{stage}"
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    stacks = {i: a for i, a in artifacts.items() if a["type"] == "aws:cloudformation:stack"}
    names = {i: a["properties"]["stackName"].removeprefix(f"{stage}-") for i, a in stacks.items()}
    files = {names[i]: folder / a["properties"]["templateFile"] for i, a in stacks.items()}
    templates = {name: json.loads(file.read_text()) for name, file in files.items()}
    needs = {names[i]: tuple(names[d] for d in a.get("dependencies", ()) if d in names) for i, a in stacks.items()}
    resources = tuple(
        Resource(stack, logical_id, found["Type"], _path(found, stage, stack, logical_id), found.get("Properties", {}))
        for stack, template in templates.items()
        for logical_id, found in template["Resources"].items()
    )
    exports = {
        output["Export"]["Name"]: (stack, output["Value"])
        for stack, template in templates.items()
        for output in template.get("Outputs", {}).values()
        if "Export" in output
    }
    return Templates(_ordered(needs), resources, exports, {(r.stack, r.logical_id): r for r in resources})


def _path(found: Mapping[str, Any], stage: str, stack: str, logical_id: str) -> str:
    path = str(found.get("Metadata", {}).get("aws:cdk:path", logical_id))
    return path.removeprefix(f"{stage}/{stack}/").removesuffix("/Resource").removesuffix("/Default")


def _ordered(needs: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Each after those that it needs, else by name."""
    done: dict[str, tuple[str, ...]] = {}

    def add(name: str) -> None:
        for needed in sorted(needs[name]):
            if needed not in done:
                add(needed)
        done.setdefault(name, tuple(sorted(needs[name])))

    for name in sorted(needs):
        add(name)
    return done
