"""A Lambda function made from a container image that other things may run, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import Duration, IgnoreMode, Size
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.placement import Placement
from infra.constructs.python_function import KEPT, FunctionRole, accept_running
from infra.constructs.retention import RetainedLogs
from infra.environments import Environment
from infra.sources import NOT_CODE

WORKING_DIRECTORY = "/app"
PYTHON_PATH = "/app/layers/marquee/python:/app/containers"


def worker_image(
    scope: Construct, construct_id: str, *, context: Path, worker: str, besides: Sequence[str] = ()
) -> ecr_assets.DockerImageAsset:
    """The image of `containers/{worker}`. The context is the repository's root, but only what the image is built
    from, and `besides` (folders): the rest neither enters the context nor its hash."""
    folders = [f"containers/{worker}", *besides]
    return ecr_assets.DockerImageAsset(
        scope,
        construct_id,
        directory=str(context),
        file=f"containers/{worker}/Dockerfile",
        platform=ecr_assets.Platform.LINUX_ARM64,
        exclude=[
            "**",
            "!containers",
            "containers/**",  # the folder alone: that it is let in lets its content in, too
            *(pattern for folder in folders for pattern in (f"!{folder}", f"!{folder}/**")),
            "!layers",
            "!layers/marquee",
            "!layers/marquee/**",
            *NOT_CODE,
        ],
        ignore_mode=IgnoreMode.DOCKER,
    )


class ImageFunction(lambda_.DockerImageFunction):
    """`image`, entered by `handler` through Lambda's runtime client, on arm64."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        image: ecr_assets.DockerImageAsset,
        handler: str,
        description: str,
        memory_mib: int,
        scratch: Size,
        timeout: Duration,
        variables: Mapping[str, str],
        placement: Placement,
        reserved: int | None = None,
    ) -> None:
        log_group = RetainedLogs(scope, f"{construct_id}Logs", retention=environment.retention)
        super().__init__(
            scope,
            construct_id,
            description=description,
            code=lambda_.DockerImageCode.from_ecr(
                image.repository,
                tag_or_digest=image.image_tag,
                entrypoint=["python", "-m", "awslambdaric"],
                cmd=[handler],
                working_directory=WORKING_DIRECTORY,
            ),
            architecture=lambda_.Architecture.ARM_64,
            memory_size=memory_mib,
            ephemeral_storage_size=scratch,
            timeout=timeout,
            reserved_concurrent_executions=reserved,
            environment=dict(variables),
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log_group,
            role=FunctionRole(scope, f"{construct_id}Role", log_group=log_group),
            vpc=placement.vpc,
            vpc_subnets=placement.subnets,
            security_groups=[placement.security_group],
            current_version_options=KEPT,
        )
        accept_running(self)
