"""A Lambda function made from one folder of `functions/`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from aws_cdk import Duration, IgnoreMode, RemovalPolicy, SymlinkFollowMode
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.cache import ValkeyCache
from infra.constructs.database import Database
from infra.constructs.findings import accept
from infra.constructs.placement import Placement
from infra.constructs.retention import RetainedLogs
from infra.constructs.secret_access import let_read
from infra.environments import Environment
from infra.sources import STRAY, Sources

RUNTIME = lambda_.Runtime.PYTHON_3_13
LIVE = "live"
# A release that is taken back is still there, and so is what a running job has begun with.
KEPT = lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN)

# Lambda attaches a function to a VPC with the function's own role; EC2 knows no narrower resource for these.
_ATTACH_TO_VPC = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
]


# PyAV, which looks into films; Pillow and OpenCV, which make pictures and look at them.
MoreLayer = Literal["MediaTools", "Vision"]


class FunctionPlatform(Construct):
    """What all functions of a stack share: layers, the network they run in, the stores they may be given.

    Each stack makes its own layer versions of the same assets. A layer shared over an export could never
    be replaced: CloudFormation refuses to change an exported value that another stack uses.
    """

    environment: Environment
    placement: Placement
    database: Database
    cache: ValkeyCache

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        sources: Sources,
        placement: Placement,
        database: Database,
        cache: ValkeyCache,
    ) -> None:
        super().__init__(scope, construct_id)
        self.environment = environment
        self.placement = placement
        self.database = database
        self.cache = cache
        self._functions = sources.functions
        self._more: dict[MoreLayer, Path] = {"MediaTools": sources.media_tools_layer, "Vision": sources.vision_layer}
        self._made: dict[MoreLayer, lambda_.LayerVersion] = {}
        self._shared = [
            self._layer("Marquee", sources.marquee_layer),
            self._layer("Dependencies", sources.dependencies_layer),
        ]

    def code(self, folder: str) -> lambda_.Code:
        """Only this function's folder: a change to one function changes one asset."""
        return lambda_.Code.from_asset(
            str(self._functions),
            exclude=["**", f"!{folder}", f"!{folder}/**", *STRAY],
            ignore_mode=IgnoreMode.DOCKER,
            # a file that is kept elsewhere in the repository is a link here
            follow_symlinks=SymlinkFollowMode.ALWAYS,
        )

    def layers(self, more: MoreLayer | None) -> list[lambda_.ILayerVersion]:
        """The layers of a function; one more only for those that need what is in it."""
        if more is None:
            return list(self._shared)
        if more not in self._made:
            self._made[more] = self._layer(more, self._more[more])
        return [*self._shared, self._made[more]]

    def _layer(self, construct_id: str, folder: Path) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            construct_id,
            code=lambda_.Code.from_asset(str(folder), exclude=list(STRAY)),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[lambda_.Architecture.ARM_64],
        )


class FunctionRole(iam.Role):
    """May write to its own log group, send traces and, when it is `inside`, attach to the VPC. The rest is granted."""

    def __init__(self, scope: Construct, construct_id: str, *, log_group: RetainedLogs, inside: bool = True) -> None:
        write_logs = iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group.log_group_arn]
        )
        attach = iam.PolicyStatement(actions=_ATTACH_TO_VPC, resources=["*"])
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            # inline, not a policy of its own: it must be there before the function is
            inline_policies={
                "Runtime": iam.PolicyDocument(statements=[write_logs, attach] if inside else [write_logs])
            },
        )
        accept(
            self,
            "EC2 knows no narrower resource for attaching to the network, and X-Ray none at all.",
            "AwsSolutions-IAM5[Resource::*]",
            "Serverless-LambdaStarPermissions",
        )


def common_variables(environment: Environment, service_name: str) -> dict[str, str]:
    """Environment variables that every process of Marquee has."""
    return {
        "ENVIRONMENT": environment.name,
        "LOG_LEVEL": environment.log_level,
        "POWERTOOLS_SERVICE_NAME": service_name,
        **({"SENTRY_DSN": dsn} if (dsn := environment.observability.sentry_dsn) else {}),
    }


def accept_running(function: lambda_.Function) -> None:
    """How all functions of ours run."""
    accept(
        function,
        "Python 3.13 is what wheels and bytecode are made for and tested with. Who calls a function hears of its "
        "errors: a client, a state machine, a queue with dead letters of its own, or the clock, which calls it again.",
        "AwsSolutions-L1",
        "Serverless-LambdaLatestVersion",
        "Serverless-LambdaDLQ",
        "Serverless-LambdaEventSourceMappingDestination",
    )


class PythonFunction(lambda_.Function):
    """`functions/{folder}` on Python 3.13, arm64; handler `{folder}.handler.lambda_handler`.

    `variables` are its own; the common ones and those of `use_database` and `use_cache` come by themselves.
    `more`: a layer besides those that all functions have.
    `outside`: not in our network, for what talks to addresses that others choose, or answers CloudFormation.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        folder: str,
        description: str,
        platform: FunctionPlatform,
        timeout: Duration,
        variables: Mapping[str, str] | None = None,
        memory_mib: int | None = None,
        more: MoreLayer | None = None,
        outside: bool = False,
    ) -> None:
        environment, placement = platform.environment, None if outside else platform.placement
        log_group = RetainedLogs(scope, f"{construct_id}Logs", retention=environment.retention)
        super().__init__(
            scope,
            construct_id,
            description=description,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            code=platform.code(folder),
            handler=f"{folder}.handler.lambda_handler",
            layers=platform.layers(more),
            timeout=timeout,
            memory_size=memory_mib or environment.function_memory_mib,
            environment={**common_variables(environment, folder), **(variables or {})},
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log_group,
            role=FunctionRole(scope, f"{construct_id}Role", log_group=log_group, inside=not outside),
            vpc=placement.vpc if placement else None,
            vpc_subnets=placement.subnets if placement else None,
            security_groups=[placement.security_group] if placement else None,
            current_version_options=KEPT,
        )
        accept_running(self)
        self._platform = platform
        self._live: lambda_.Alias | None = None

    @property
    def live(self) -> lambda_.Alias:
        """The alias that callers use: a release moves it to the function's new version, and a rollback back."""
        if self._live is None:
            self._live = self.add_alias(LIVE, description="What callers get")
        return self._live

    def use_database(self) -> None:
        """The database: where its secret is, and the right to read it."""
        secret = self._platform.database.secret
        self.add_environment("DATABASE_SECRET_ARN", secret.secret_arn)
        let_read(secret, self)

    def use_cache(self) -> None:
        """Valkey: its address. Being in the functions' security group is the right to it."""
        self.add_environment("VALKEY_ENDPOINT", self._platform.cache.endpoint)
