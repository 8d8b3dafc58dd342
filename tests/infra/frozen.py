"""Resources that hold something which a new one in their place would not, by the ids that make them the same ones.

`python -m tests.infra.frozen [ASSEMBLY]` adds what is new to the list (default: the assembly of `make synth`). It
takes nothing away: who removes something stateful on purpose takes its line out by hand, and says why in the commit.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from infra.environments import ENVIRONMENTS
from tests.infra.templates import Templates

LIST = Path(__file__).with_name("stateful_ids.json")
Ids = dict[str, dict[str, str]]  # type by logical id, by environment and stack

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


def add_new(assembly: Path) -> None:
    known = frozen()
    for environment in ENVIRONMENTS:
        of_environment = known.setdefault(environment, {})
        for stack, ids in stateful_of(Templates.load(assembly, environment)).items():
            of_environment[stack] = dict(sorted({**ids, **of_environment.get(stack, {})}.items()))
    LIST.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    add_new(Path(sys.argv[1] if len(sys.argv) > 1 else "build/cdk.out"))
