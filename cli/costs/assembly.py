"""The templates of one environment, as they were synthesized."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Resource:
    """`template`: all resources of the same stack, by their logical ids."""

    stack: str
    logical_id: str
    type: str
    properties: Properties
    template: Mapping[str, Any]

    def referred(self, reference: Any) -> Properties:
        """Properties of the resource that `reference` (`{"Ref": …}` or `{"Fn::GetAtt": […]}`) names in this stack."""
        name = reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0]
        found: Properties = self.template[name].get("Properties", {})
        return found


@dataclass(frozen=True)
class Assembly:
    """`image_count`: of the containers' images that a deployment puts into the registry."""

    environment: str
    resources: tuple[Resource, ...]
    image_count: int

    @classmethod
    def load(cls, folder: Path, environment: str) -> Assembly:
        """From a cloud assembly (`cdk.out`). Raises FileNotFoundError when the environment is not in it."""
        nested = folder / f"assembly-Marquee-{environment}"
        manifest = json.loads((nested / "manifest.json").read_text())
        stacks = [one for one in manifest["artifacts"].values() if one["type"] == "aws:cloudformation:stack"]
        resources = [resource for stack in stacks for resource in _resources(nested, stack)]
        images = {
            image for file in nested.glob("*.assets.json") for image in json.loads(file.read_text())["dockerImages"]
        }
        return cls(environment, tuple(resources), len(images))

    def of(self, resource_type: str) -> Iterator[Resource]:
        return (resource for resource in self.resources if resource.type == resource_type)

    def variable(self, name: str) -> str | None:
        """The value of a functions' variable that is the same wherever it is set."""
        for function in self.of("AWS::Lambda::Function"):
            value = function.properties.get("Environment", {}).get("Variables", {}).get(name)
            if isinstance(value, str):
                return value
        return None


def _resources(folder: Path, stack: Mapping[str, Any]) -> Iterator[Resource]:
    template = json.loads((folder / stack["properties"]["templateFile"]).read_text())["Resources"]
    name = stack["displayName"].split("/")[1].split(" ")[0]
    for logical_id, resource in template.items():
        yield Resource(name, logical_id, resource["Type"], resource.get("Properties", {}), template)
