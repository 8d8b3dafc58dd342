"""One image, run in two ways: as a Fargate task for the body of a film, as a Lambda function for its head."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Duration, Size
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.compute_price import fargate_dollars_per_hour, lambda_dollars_per_hour
from infra.constructs.cache import ValkeyCache
from infra.constructs.image_function import PYTHON_PATH, ImageFunction, worker_image
from infra.constructs.placement import Placement
from infra.constructs.python_function import common_variables
from infra.constructs.worker_task import WorkerTask
from infra.environments import Environment

SCRATCH_GIB = 4
# What the worker counts a film's cost by.
PRICE = "DOLLARS_PER_HOUR"


class EncodeWorker(Construct):
    """`function` takes an order as its event, `task` in the variable ORDER of its container."""

    function: ImageFunction
    cluster: ecs.Cluster
    task: WorkerTask
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
        self.task = WorkerTask(
            self,
            "Task",
            environment=environment,
            image=self._image,
            entry="ffmpeg_worker.task",
            cpu_units=environment.worker.fargate_cpu_units,
            memory_mib=environment.worker.fargate_memory_mib,
            variables={**self._variables, PRICE: str(fargate_dollars_per_hour(environment.worker))},
            log_prefix="encode",
        )

    @property
    def grantees(self) -> tuple[iam.IGrantable, iam.IGrantable]:
        """Both ways of running have the same rights."""
        return (self.function, self.task.task_role)

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
            variables={**self._variables, PRICE: str(lambda_dollars_per_hour(self._environment.worker))},
            placement=placement,
            reserved=self._environment.worker.reserved_lambdas,
        )
