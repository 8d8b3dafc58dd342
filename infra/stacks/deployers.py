"""Who may deploy from GitHub: roles that its workflows take by OpenID Connect. No key of ours is kept there.

Deployed by hand, once an account: a workflow cannot give itself rights.

    cdk deploy Marquee-deployers --parameters Repository=OWNER/NAME
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aws_cdk import Aws, CfnOutput, CfnParameter, Duration, Fn, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.findings import accept
from infra.environments import EnvironmentName

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
QUALIFIER = "hnb659fds"  # of `cdk bootstrap`, unless one is chosen
LONGEST_DEPLOYMENT = Duration.hours(2)


class DeployersStack(Stack):
    """A role that deploys for each environment of the account, and one that only compares, for pull requests.

    The first is taken by jobs of the GitHub environment of the same name alone: who must agree to such a job, and
    which branches and tags may start one, is said there.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environments: Iterable[EnvironmentName],
        account: str | None,
        region: str | None,
    ) -> None:
        super().__init__(scope, construct_id, env={"account": account, "region": region}, termination_protection=True)
        self._repository = CfnParameter(
            self,
            "Repository",
            description="The repository on GitHub whose workflows deploy, as OWNER/NAME",
            allowed_pattern=r"[\w.-]+/[\w.-]+",
        )
        self._provider = iam.CfnOIDCProvider(self, "GitHub", url=f"https://{ISSUER}", client_id_list=[AUDIENCE])
        release = ("deploy", "file-publishing", "image-publishing", "lookup")
        for name in environments:
            self._create_role(
                f"Deploy{name.capitalize()}",
                taken_by=f"environment:{name}",
                description=f"Deploys {name}, proves that it works, and takes a release back",
                statements=[_bootstrap_roles(*release), *_take_back(name)],
            )
        self._create_role(
            "Compare",
            taken_by="pull_request",
            description="Says what a pull request would change",
            statements=[_bootstrap_roles("lookup")],
        )

    def _create_role(
        self, construct_id: str, *, taken_by: str, description: str, statements: Sequence[iam.PolicyStatement]
    ) -> None:
        subject = Fn.sub(f"repo:${{Repository}}:{taken_by}", {"Repository": self._repository.value_as_string})
        role = iam.Role(
            self,
            construct_id,
            description=description,
            assumed_by=iam.WebIdentityPrincipal(
                self._provider.attr_arn,
                {"StringEquals": {f"{ISSUER}:aud": AUDIENCE, f"{ISSUER}:sub": subject}},
            ),
            max_session_duration=LONGEST_DEPLOYMENT,
            inline_policies={"Deploy": iam.PolicyDocument(statements=statements)},
        )
        accept(
            role,
            "Roles of `cdk bootstrap` by their names in every region; versions and stacks get their names when they "
            "are made; listing is for all or none.",
            "AwsSolutions-IAM5[<any>]",
        )
        CfnOutput(self, f"{construct_id}RoleArn", value=role.role_arn)


def _bootstrap_roles(*names: str) -> iam.PolicyStatement:
    """All that is deployed is deployed by the roles of `cdk bootstrap`."""
    arn = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/cdk-{QUALIFIER}"
    return iam.PolicyStatement(
        actions=["sts:AssumeRole"], resources=[f"{arn}-{name}-role-{Aws.ACCOUNT_ID}-*" for name in names]
    )


def _take_back(environment: str) -> list[iam.PolicyStatement]:
    """For `marquee --env`, `marquee versions` and `marquee rollback`. What lists is for all of a kind or none."""
    place = f"{Aws.REGION}:{Aws.ACCOUNT_ID}"
    functions = f"arn:{Aws.PARTITION}:lambda:{place}:function:Marquee-{environment}-*"
    machines = f"arn:{Aws.PARTITION}:states:{place}:stateMachine:*"
    return [
        iam.PolicyStatement(actions=["cloudformation:DescribeStacks", "lambda:ListFunctions"], resources=["*"]),
        iam.PolicyStatement(
            actions=["lambda:GetAlias", "lambda:ListAliases", "lambda:ListVersionsByFunction", "lambda:UpdateAlias"],
            resources=[functions],
        ),
        # CloudFormation names machines by their ids alone, without the stack's
        iam.PolicyStatement(
            actions=[
                "states:DescribeStateMachineAlias",
                "states:ListStateMachineAliases",
                "states:ListStateMachineVersions",
                "states:UpdateStateMachineAlias",
            ],
            resources=[machines],
            conditions={"StringEquals": {"aws:ResourceTag/environment": environment}},
        ),
    ]
