"""Reading synthesized templates: resources by type, the state machine, what a role may do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Properties = dict[str, Any]


@dataclass(frozen=True)
class Templates:
    """All templates of one environment, by the stack's id in the stage (`Data`, `Pipeline`, …)."""

    folder: Path
    by_stack: Mapping[str, dict[str, Any]]

    @classmethod
    def load(cls, assembly: Path, environment: str) -> Templates:
        folder = assembly / f"assembly-Marquee-{environment}"
        manifest = json.loads((folder / "manifest.json").read_text())
        by_stack = {
            artifact["displayName"].split("/")[1].split(" ")[0]: json.loads(
                (folder / artifact["properties"]["templateFile"]).read_text()
            )
            for artifact in manifest["artifacts"].values()
            if artifact["type"] == "aws:cloudformation:stack"
        }
        return cls(folder, by_stack)

    def resources(self, resource_type: str) -> Iterator[tuple[str, str, Properties]]:
        """Stack, logical id and properties of each resource of a type."""
        for stack, template in self.by_stack.items():
            for logical_id, resource in template["Resources"].items():
                if resource["Type"] == resource_type:
                    yield stack, logical_id, resource.get("Properties", {})

    def one(self, resource_type: str, stack: str | None = None) -> Properties:
        """The only resource of a type."""
        found = [p for s, _, p in self.resources(resource_type) if stack in (None, s)]
        assert len(found) == 1, f"{len(found)} of {resource_type}"
        return found[0]

    def assets(self) -> set[str]:
        """Hashes of all files and images that the stacks use, but for the templates themselves."""
        manifests = [json.loads(path.read_text()) for path in self.folder.glob("*.assets.json")]
        files = {i for m in manifests for i, file in m["files"].items() if "template" not in str(file["source"])}
        return files | {i for m in manifests for i in m["dockerImages"]}

    def functions(self) -> dict[str, Properties]:
        """Our functions by their service name; CDK's own helpers have none."""
        return {
            variables["POWERTOOLS_SERVICE_NAME"]: properties
            for _, _, properties in self.resources("AWS::Lambda::Function")
            if "POWERTOOLS_SERVICE_NAME" in (variables := variables_of(properties))
        }

    def grants(self, role_reference: Mapping[str, Any]) -> set[tuple[str, str]]:
        """What a role may do: pairs of action and resource, the resource written short (`media/work/*`)."""
        return {pair for document in self.policies(role_id(role_reference)) for pair in _pairs(document)}

    def conditions(self, role_reference: Mapping[str, Any], actions: str) -> list[dict[str, Any]]:
        """Conditions of the statements that allow actions beginning so; {} for one without."""
        return [
            statement.get("Condition", {})
            for document in self.policies(role_id(role_reference))
            for statement in document["Statement"]
            if any(action.startswith(actions) for action in _list(statement["Action"]))
        ]

    def policies(self, role: str) -> Iterator[dict[str, Any]]:
        """Policy documents of the role with this logical id."""
        for _, found_id, properties in self.resources("AWS::IAM::Role"):
            if found_id == role:
                yield from (policy["PolicyDocument"] for policy in properties.get("Policies", []))
        for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            for _, _, properties in self.resources(kind):
                if {"Ref": role} in properties.get("Roles", []):
                    yield properties["PolicyDocument"]

    @property
    def amazon_listens(self) -> bool:
        return variables_of(self.functions()["plan"])["CAPTIONS_PROVIDER"] == "transcribe"

    @property
    def amazon_looks(self) -> bool:
        return variables_of(self.functions()["plan"])["ANALYSIS_PROVIDER"] == "amazon"

    def machine(self, name: str = "Transcode") -> Properties:
        """A state machine by its id in the stack: `Transcode` or `EnrichMachine`."""
        found = [p for _, i, p in self.resources("AWS::StepFunctions::StateMachine") if i[:-8] == name]
        assert len(found) == 1, name
        return found[0]

    def state_machine(self, name: str = "Transcode") -> dict[str, Any]:
        """The definition, with every reference to another resource written as its logical id."""
        parsed: dict[str, Any] = json.loads(plain(self.machine(name)["DefinitionString"]))
        return parsed


def variables_of(function: Properties) -> dict[str, Any]:
    variables: dict[str, Any] = function.get("Environment", {}).get("Variables", {})
    return variables


def role_id(reference: Mapping[str, Any]) -> str:
    """Logical id of a role from `{"Fn::GetAtt": [id, "Arn"]}`."""
    return str(reference["Fn::GetAtt"][0])


def plain(value: Any) -> str:
    """A value of a template as text: joins joined, references as the logical id they point to."""
    match value:
        case str():
            return value
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(plain(part) for part in parts)
        case {"Ref": name}:
            return str(name)
        case {"Fn::GetAtt": [name, attribute]}:
            return f"{name}.{attribute}"
        case {"Fn::ImportValue": name}:
            return plain(name).split(":ExportsOutput")[-1]
        case _:
            return json.dumps(value)


def _pairs(document: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {
        (action, _short(plain(resource)))
        for statement in document["Statement"]
        for action in _list(statement["Action"])
        for resource in _list(statement["Resource"])
    }


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_SHORT = (
    "PlaybackKeysSecret",
    "PlaybackKeysRevocations",
    "Uploads",
    "Media",
    "Transcode",
    "EnrichMachine",
    "DatabaseCredentials",
    "IngestDeadLetters",
    "Ingest",
    "WebhooksQueueDeadLetters",
    "WebhooksQueue",
    "EventBus",
    "WebhooksKey",
    "TmdbToken",
    "PostWebhook",
    "Accounts",
    "Logs",
)


def _short(resource: str) -> str:
    """`FnGetAttUploads4F6EB0FDArnCD04500A/uploads/*` → `Uploads/uploads/*`."""
    name, slash, path = resource.partition("/")
    if name.endswith(":parameter"):
        return f"parameter {path.rpartition('/')[2]}"
    for known in _SHORT:
        if known in name:
            execution = ":execution:" in name
            return f"{known}{' executions' if execution else ''}{slash}{path}"
    return resource


def states(definition: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state of a definition, those inside maps and branches too."""
    for name, state in definition["States"].items():
        yield name, state
        for branch in state.get("Branches", []):
            yield from states(branch)
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])
