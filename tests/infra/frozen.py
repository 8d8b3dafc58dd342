"""Resources that hold something which a new one in their place would not, by the ids that make them the same ones.

`python -m tests.infra.frozen [ASSEMBLY]` adds what is new to the list (default: the assembly of `make synth`). It
takes nothing away: who removes something stateful on purpose takes its line out by hand, and says why in the commit.

A name that stays is not enough: CloudFormation makes a thing anew, too, when a property changes that AWS cannot change
in place. Which those are is what AWS' own schemas say; what they are set to is in a list of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.environments import ENVIRONMENTS
from tests.infra.templates import Templates

LIST = Path(__file__).with_name("stateful_ids.json")
SETTINGS = Path(__file__).with_name("stateful_settings.json")
Ids = dict[str, dict[str, str]]  # type by logical id, by environment and stack
Settings = dict[str, dict[str, Any]]  # values by property, by `stack/logical id`

# What would be lost with them: films, accounts, keys, addresses that others know, runs, the network that stores lie in.
STATEFUL = frozenset(
    {
        "AWS::Backup::BackupVault",
        "AWS::CloudFront::Distribution",
        "AWS::CloudFront::KeyValueStore",
        "AWS::Cognito::UserPool",
        "AWS::Cognito::UserPoolClient",
        "AWS::Cognito::UserPoolDomain",
        "AWS::DocDB::DBCluster",
        "AWS::DocDB::DBSubnetGroup",
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::EC2::Subnet",
        "AWS::EC2::VPC",
        "AWS::ECR::Repository",
        "AWS::EFS::FileSystem",
        "AWS::ElastiCache::ServerlessCache",
        "AWS::Events::EventBus",
        "AWS::KMS::Key",
        "AWS::RDS::DBCluster",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
        "AWS::StepFunctions::StateMachine",
    }
)


def stateful_of(templates: Templates) -> Ids:
    return {
        stack: found
        for stack, template in templates.by_stack.items()
        if (found := {k: r["Type"] for k, r in sorted(template["Resources"].items()) if r["Type"] in STATEFUL})
    }


def frozen() -> dict[str, Ids]:
    """The committed list, by environment."""
    known: dict[str, Ids] = json.loads(LIST.read_text()) if LIST.exists() else {}
    return known


def settings_of(templates: Templates, fixed: Mapping[str, Sequence[str]]) -> Settings:
    """What is set of the properties that are `fixed` (by type) at each stateful resource."""
    return {
        f"{stack}/{name}": {key: resource["Properties"][key] for key in fixed[kind] if key in resource["Properties"]}
        for stack, ids in stateful_of(templates).items()
        for name, kind in ids.items()
        for resource in [{"Properties": {}, **templates.by_stack[stack]["Resources"][name]}]
    }


def frozen_settings() -> tuple[dict[str, list[str]], dict[str, Settings]]:
    """The committed list: properties that cannot be changed, by type; and settings, by environment."""
    known = json.loads(SETTINGS.read_text()) if SETTINGS.exists() else {"fixed": {}, "settings": {}}
    return known["fixed"], known["settings"]


def fixed_properties(resource_type: str) -> list[str]:
    """As AWS' schema of the type says, in the copy that cfn-lint brings."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # which takes seconds

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema
    return sorted({path.split("/")[2] for path in schema.get("createOnlyProperties", [])})


def add_new(assembly: Path) -> None:
    _add_new_settings(assembly)
    known = frozen()
    for environment in ENVIRONMENTS:
        of_environment = known.setdefault(environment, {})
        for stack, ids in stateful_of(Templates.load(assembly, environment)).items():
            of_environment[stack] = dict(sorted({**ids, **of_environment.get(stack, {})}.items()))
    LIST.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


def _add_new_settings(assembly: Path) -> None:
    _, known = frozen_settings()
    fixed = {kind: fixed_properties(kind) for kind in sorted(STATEFUL)}
    for environment in ENVIRONMENTS:
        new = settings_of(Templates.load(assembly, environment), fixed)
        known[environment] = {**new, **known.get(environment, {})}
    SETTINGS.write_text(json.dumps({"fixed": fixed, "settings": known}, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    add_new(Path(sys.argv[1] if len(sys.argv) > 1 else "build/cdk.out"))
