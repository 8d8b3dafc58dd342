"""The self-hosted listener: one Fargate task hears a whole film, because its model takes long to load."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import aws_ecs as ecs
from constructs import Construct

from infra.constructs.cache import ValkeyCache
from infra.constructs.image_function import PYTHON_PATH, worker_image
from infra.constructs.placement import Placement
from infra.constructs.python_function import common_variables
from infra.constructs.worker_task import WorkerTask
from infra.environments import Environment


class WhisperWorker(Construct):
    """`task` takes an `EnrichOrder`. It shares the encoders' cluster and network."""

    task: WorkerTask
    cluster: ecs.Cluster
    placement: Placement

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        context: Path,
        cluster: ecs.Cluster,
        placement: Placement,
        cache: ValkeyCache,
    ) -> None:
        super().__init__(scope, construct_id)
        choice = environment.enrichment
        self.cluster = cluster
        self.placement = placement
        image = worker_image(
            self, "Image", context=context, worker="whisper_worker", besides=("containers/enrich_worker", "models")
        )
        self.task = WorkerTask(
            self,
            "Task",
            environment=environment,
            image=image,
            entry="whisper_worker.task",
            cpu_units=choice.whisper_cpu_units,
            memory_mib=choice.whisper_memory_mib,
            variables={
                **common_variables(environment, "whisper"),
                "VALKEY_ENDPOINT": cache.endpoint,
                "PYTHONPATH": PYTHON_PATH,
                "CAPTIONS_PROVIDER": "whisper",
                "MODEL_PATH": choice.model_path,
            },
            log_prefix="whisper",
        )
