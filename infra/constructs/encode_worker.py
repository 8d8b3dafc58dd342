"""One image, run in two ways: as a Fargate task for the body of a film, as a Lambda function for its head."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Duration, Size
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.cache import ValkeyCache
from infra.constructs.image_function import PYTHON_PATH, WORKING_DIRECTORY, ImageFunction, worker_image
from infra.constructs.placement import Placement
from infra.constructs.python_function import common_variables
from infra.constructs.retention import RetainedLogs
from infra.environments import Environment

WORKER_USER = "10001:10001"
SCRATCH_FOLDER = "/tmp"  # noqa: S108 -- the one folder that Lambda leaves writable, and so here too
SCRATCH_GIB = 4
LONGEST_SPOT_NOTICE = Duration.seconds(120)


class EncodeWorker(Construct):
    """`function` takes an order as its event, `task_definition` in the variable ORDER of its container."""

    function: ImageFunction
    cluster: ecs.Cluster
    task_definition: ecs.FargateTaskDefinition
    container: ecs.ContainerDefinition
    placement: Placement

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        context: Path,
        functions_placement: Placement,
        tasks_placement: Placement,
        cache: ValkeyCache,
    ) -> None:
        super().__init__(scope, construct_id)
        self._environment = environment
        self._variables = {
            **common_variables(environment, "encode"),
            "VALKEY_ENDPOINT": cache.endpoint,
            "PYTHONPATH": PYTHON_PATH,
        }
        self.placement = tasks_placement
        self._image = worker_image(self, "Image", context=context, worker="ffmpeg_worker")
        self.function = self._create_function(functions_placement)
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=tasks_placement.vpc,
            enable_fargate_capacity_providers=True,  # FARGATE_SPOT next to FARGATE
            container_insights_v2=ecs.ContainerInsights.ENABLED,
        )
        self.task_definition = self._create_task_definition()
        self.container = self._add_container()

    @property
    def grantees(self) -> tuple[iam.IGrantable, iam.IGrantable]:
        """Both ways of running have the same rights."""
        return (self.function, self.task_definition.task_role)

    def _create_function(self, placement: Placement) -> ImageFunction:
        return ImageFunction(
            self,
            "Function",
            environment=self._environment,
            image=self._image,
            handler="ffmpeg_worker.function.lambda_handler",
            description="Encodes the head of a film: one order an invocation",
            memory_mib=self._environment.worker.lambda_memory_mib,
            scratch=Size.gibibytes(SCRATCH_GIB),
            timeout=Duration.minutes(15),
            variables=self._variables,
            placement=placement,
        )

    def _create_task_definition(self) -> ecs.FargateTaskDefinition:
        worker = self._environment.worker
        definition = ecs.FargateTaskDefinition(
            self,
            "Task",
            cpu=worker.fargate_cpu_units,
            memory_limit_mib=worker.fargate_memory_mib,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.ARM64,
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
        )
        definition.add_volume(name="scratch")
        return definition

    def _add_container(self) -> ecs.ContainerDefinition:
        # init: reaps what ffmpeg leaves, and hands SIGTERM to Python, which as process 1 would ignore it
        linux = ecs.LinuxParameters(self, "Linux", init_process_enabled=True)
        linux.drop_capabilities(ecs.Capability.ALL)
        container = self.task_definition.add_container(
            "worker",
            image=ecs.ContainerImage.from_docker_image_asset(self._image),
            entry_point=["python", "-m", "ffmpeg_worker.task"],
            working_directory=WORKING_DIRECTORY,
            environment={**self._variables, "TMPDIR": SCRATCH_FOLDER},
            user=WORKER_USER,
            readonly_root_filesystem=True,
            linux_parameters=linux,
            stop_timeout=LONGEST_SPOT_NOTICE,
            logging=ecs.LogDrivers.aws_logs(
                stream_prefix="encode",
                log_group=RetainedLogs(self, "TaskLogs", retention=self._environment.retention),
                mode=ecs.AwsLogDriverMode.NON_BLOCKING,  # a slow log never stops an encode
            ),
        )
        # The image declares /tmp as a volume of its user; elsewhere the file system is read-only.
        container.add_mount_points(
            ecs.MountPoint(container_path=SCRATCH_FOLDER, source_volume="scratch", read_only=False)
        )
        return container
