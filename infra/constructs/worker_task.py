"""A container run as a Fargate task, with as little of the machine as its work needs; and the state that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.constructs.findings import accept
from infra.constructs.image_function import WORKING_DIRECTORY
from infra.constructs.placement import Placement
from infra.constructs.retention import RetainedLogs
from infra.constructs.retries import retry_run_task
from infra.environments import Environment

WORKER_USER = "10001:10001"
SCRATCH_FOLDER = "/tmp"  # noqa: S108 -- the one folder that Lambda leaves writable, and so here too
LONGEST_SPOT_NOTICE = Duration.seconds(120)

CapacityProvider = Literal["FARGATE", "FARGATE_SPOT"]


class WorkerTask(ecs.FargateTaskDefinition):
    """`entry` (a module) of `image`; it is told its order in the variable ORDER of `container`."""

    container: ecs.ContainerDefinition

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        image: ecr_assets.DockerImageAsset,
        entry: str,
        cpu_units: int,
        memory_mib: int,
        variables: Mapping[str, str],
        log_prefix: str,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            cpu=cpu_units,
            memory_limit_mib=memory_mib,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.ARM64,
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
        )
        # jobs under way, and a release that is taken back, still run the revision before
        self.apply_removal_policy(RemovalPolicy.RETAIN)
        accept(
            self,
            "The log driver's and the registry's rights; what is written here of the environment is no secret.",
            "AwsSolutions-ECS2",
            "AwsSolutions-IAM5[Resource::*]",
        )
        self.add_volume(name="scratch")
        # init: reaps what ffmpeg leaves, and hands SIGTERM to Python, which as process 1 would ignore it
        linux = ecs.LinuxParameters(scope, "Linux", init_process_enabled=True)
        linux.drop_capabilities(ecs.Capability.ALL)
        self.container = self.add_container(
            "worker",
            image=ecs.ContainerImage.from_docker_image_asset(image),
            entry_point=["python", "-m", entry],
            working_directory=WORKING_DIRECTORY,
            environment={**variables, "TMPDIR": SCRATCH_FOLDER},
            user=WORKER_USER,
            readonly_root_filesystem=True,
            linux_parameters=linux,
            stop_timeout=LONGEST_SPOT_NOTICE,
            logging=ecs.LogDrivers.aws_logs(
                stream_prefix=log_prefix,
                log_group=RetainedLogs(scope, f"{construct_id}Logs", retention=environment.retention),
                mode=ecs.AwsLogDriverMode.NON_BLOCKING,  # a slow log never stops the work
            ),
        )
        # The image declares /tmp as a volume of its user; elsewhere the file system is read-only.
        self.container.add_mount_points(
            ecs.MountPoint(container_path=SCRATCH_FOLDER, source_volume="scratch", read_only=False)
        )


class RunWorker(tasks.EcsRunTask):
    """Runs a task to its end, with the object at `order_path` as its order. Only refused starts are tried again."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: ecs.Cluster,
        placement: Placement,
        task: WorkerTask,
        order_path: str,
        capacity_provider: CapacityProvider,
        max_attempts: int,
        longest: Duration,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            integration_pattern=sfn.IntegrationPattern.RUN_JOB,
            cluster=cluster,
            task_definition=task,
            launch_target=tasks.EcsFargateLaunchTarget(
                platform_version=ecs.FargatePlatformVersion.VERSION1_4,
                capacity_provider_options=tasks.CapacityProviderOptions.custom(
                    [ecs.CapacityProviderStrategy(capacity_provider=capacity_provider, weight=1)]
                ),
            ),
            subnets=placement.subnets,
            security_groups=[placement.security_group],
            assign_public_ip=placement.public_address,
            container_overrides=[
                tasks.ContainerOverride(
                    container_definition=task.container,
                    environment=[
                        tasks.TaskEnvironmentVariable(
                            name="ORDER",
                            value=sfn.JsonPath.json_to_string(sfn.JsonPath.object_at(order_path)),
                        )
                    ],
                )
            ],
            result_path=sfn.JsonPath.DISCARD,
            task_timeout=sfn.Timeout.duration(longest),
        )
        self._task = task
        retry_run_task(self, max_attempts=max_attempts)

    def _when_bound_to_graph(self, graph: sfn.StateGraph) -> None:
        """Jobs that began before a deployment still run the revision that they began with."""
        super()._when_bound_to_graph(graph)
        revisions = Stack.of(self._task).format_arn(
            service="ecs", resource="task-definition", resource_name=f"{self._task.family}:*"
        )
        graph.register_policy_statement(iam.PolicyStatement(actions=["ecs:RunTask"], resources=[revisions]))

    def to_state_json(self, top_level_query_language: sfn.QueryLanguage | None = None) -> Mapping[str, Any]:
        """Names the task's revision: by its family alone, a job under way would go on with a newer image."""
        state: dict[str, Any] = dict(super().to_state_json(top_level_query_language))
        parameters = {**state["Parameters"], "TaskDefinition": self._task.task_definition_arn}
        return {**state, "Parameters": parameters}
