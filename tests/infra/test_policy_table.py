"""Who may do what: calls, and exactly the roles that IAM would let make them. Everybody else may not.

The table (`policy_table`) names every role of the templates that a call is open to, so a right that is given by
mistake is found wherever it is given. What each function is granted, word for word, is in `test_grants`.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.infra.arns import ACCOUNT, Deployed
from tests.infra.iam import Call, Statement, allows
from tests.infra.policy_table import bucket, own_key, queue, table
from tests.infra.templates import Templates, role_id

ENVIRONMENTS = ("dev", "staging", "prod")


class Roles:
    """Every role of an environment by what it is the role of, and what its policies say."""

    def __init__(self, templates: Templates) -> None:
        self.deployed = Deployed(templates)
        names = {role_id(f["Role"]): name for name, f in templates.functions().items()}
        task = templates.one("AWS::ECS::TaskDefinition")
        names |= {role_id(task["TaskRoleArn"]): "task", role_id(task["ExecutionRoleArn"]): "start of the task"}
        names |= {role_id(templates.machine(m)["RoleArn"]): m for m in ("Transcode", "EnrichMachine")}
        self.statements: dict[str, list[Statement]] = {}
        for stack, logical_id, _ in templates.resources("AWS::IAM::Role"):
            name = names.get(logical_id) or ("CDK" if logical_id.startswith(("Custom", "AWS")) else logical_id)
            for document in templates.policies(logical_id):
                found = self.deployed.resolve(document, stack)["Statement"]
                self.statements.setdefault(name, []).extend(found)

    def that_may(self, call: Call) -> set[str]:
        return {name for name, statements in self.statements.items() if allows(statements, call)}


@pytest.fixture(scope="module")
def roles(environments: Mapping[str, Templates]) -> dict[str, Roles]:
    return {name: Roles(templates) for name, templates in environments.items()}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_call_is_open_to_whom_the_table_names_and_to_nobody_else(
    environment: str, roles: dict[str, Roles]
) -> None:
    known = roles[environment]
    rows = table(environment) + (own_key(set(known.statements)) if environment != "dev" else [])
    may = {what: known.that_may(call) for what, call, _ in rows}
    assert may == {what: who for what, _, who in rows}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_only_the_cdk_s_own_functions_and_aws_backup_have_policies_that_aws_wrote(
    environment: str, environments: Mapping[str, Templates]
) -> None:
    theirs = ("Custom", "AWS", "BackupsRole")
    for _, logical_id, role in environments[environment].resources("AWS::IAM::Role"):
        assert not role.get("ManagedPolicyArns") or logical_id.startswith(theirs), logical_id


def own_policy(deployed: Deployed, kind: str, thing: str) -> list[Statement]:
    """The policy of the one thing whose policy concerns this ARN."""
    return [
        statement
        for _, properties in deployed.resources(kind)
        for statement in properties["PolicyDocument"]["Statement"]
        if thing in str(statement["Resource"])
    ]


CLOUDFRONT = "cloudfront.amazonaws.com"
OURS = {
    "aws:SourceAccount": ACCOUNT,
    "aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1",
    "aws:SecureTransport": "true",
    "s3:TlsVersion": "1.3",
}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_cloudfront_reads_what_is_published_for_this_account_and_nothing_else(
    environment: str, roles: dict[str, Roles]
) -> None:
    film, work = bucket(environment, "media", "media/a/1/v.m4s"), bucket(environment, "media", "work/j/plan.json")
    policy = own_policy(roles[environment].deployed, "AWS::S3::BucketPolicy", bucket(environment, "media"))
    strangers = OURS | {"aws:SourceAccount": "999999999999", "aws:SourceArn": "arn:aws:cloudfront::9:distribution/E1"}
    assert allows([], Call("s3:GetObject", film, OURS), resource=policy, who=CLOUDFRONT)
    for refused in (
        Call("s3:GetObject", film, strangers),
        Call("s3:GetObject", film, OURS | {"aws:SecureTransport": "false"}),
        Call("s3:GetObject", film, OURS | {"s3:TlsVersion": "1.1"}),
        Call("s3:GetObject", work, OURS),
        Call("s3:PutObject", film, OURS),
        Call("s3:ListBucket", bucket(environment, "media"), OURS),
    ):
        assert not allows([], refused, resource=policy, who=CLOUDFRONT), refused


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_only_the_uploads_bucket_announces_sources(environment: str, roles: dict[str, Roles]) -> None:
    ingest = queue("Ingest")
    policy = own_policy(roles[environment].deployed, "AWS::SQS::QueuePolicy", ingest)
    ours = {
        "aws:SourceAccount": ACCOUNT,
        "aws:SourceArn": bucket(environment, "uploads"),
        "aws:SecureTransport": "true",
    }
    service = "s3.amazonaws.com"
    assert allows([], Call("sqs:SendMessage", ingest, ours), resource=policy, who=service)
    for changed in (
        {"aws:SourceArn": "arn:aws:s3:::somebody-else-s"},
        {"aws:SourceAccount": "999999999999"},
        {"aws:SecureTransport": "false"},
    ):
        assert not allows([], Call("sqs:SendMessage", ingest, ours | changed), resource=policy, who=service)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_whoever_has_a_worker_s_network_reaches_no_bucket_but_ours(environment: str, roles: dict[str, Roles]) -> None:
    """A film that takes a worker over brings keys of its own along, at worst."""
    (endpoint,) = (p for _, p in roles[environment].deployed.resources("AWS::EC2::VPCEndpoint") if "RouteTableIds" in p)
    policy = endpoint["PolicyDocument"]["Statement"]
    ours, theirs = {"aws:PrincipalAccount": ACCOUNT}, {"aws:PrincipalAccount": "999999999999"}
    film, elsewhere = bucket(environment, "media", "media/a/1/v.m4s"), "arn:aws:s3:::elsewhere/stolen"
    assert allows([], Call("s3:PutObject", film, ours), resource=policy)
    assert not allows([], Call("s3:PutObject", elsewhere, ours), resource=policy)
    assert not allows([], Call("s3:PutObject", elsewhere, theirs), resource=policy)
    assert not allows([], Call("s3:PutObject", film, theirs), resource=policy)
