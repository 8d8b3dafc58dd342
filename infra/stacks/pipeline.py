"""From a source in the uploads bucket to a published asset: functions, workers, state machine, schedule."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from constructs import Construct

from infra.constructs.encode_worker import EncodeWorker
from infra.constructs.media_bucket import PUBLISHED, WORK
from infra.constructs.migration import Migration
from infra.constructs.python_function import FunctionPlatform, PythonFunction
from infra.constructs.transcode import (
    PipelineFunctions,
    TranscodeStateMachine,
    allow_execution_control,
)
from infra.constructs.uploads_bucket import SOURCES
from infra.environments import Environment
from infra.sources import Sources
from infra.stacks.data import INGEST_TIMEOUT, DataStack
from infra.stacks.network import NetworkStack

WHOLE_PROCESSOR_MIB = 1769
INGEST_BATCH = 10
INGEST_CONCURRENCY = 5
RECONCILE_EVERY = Duration.minutes(1)


class PipelineStack(Stack):
    """`state_machine` runs a job; `ingest` starts it when a source arrives, `reconcile` when that was missed."""

    state_machine: TranscodeStateMachine

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        sources: Sources,
        network: NetworkStack,
        data: DataStack,
    ) -> None:
        super().__init__(scope, construct_id)
        self._data = data
        self._platform = FunctionPlatform(
            self,
            "Platform",
            environment=environment,
            sources=sources,
            placement=network.functions,
            database=data.database,
            cache=data.cache,
        )
        Migration(self, "Migration", platform=self._platform)
        worker = self._create_worker(environment, sources, network)
        steps = self._create_steps()
        self._grant_steps(steps)
        self.state_machine = TranscodeStateMachine(
            self, "Transcode", environment=environment, functions=steps, worker=worker
        )
        # the Distributed Map reads its items itself
        data.media.allow_objects(self.state_machine, WORK, "GetObject")
        self._create_ingest()
        self._create_reconcile()

    def _create_worker(self, environment: Environment, sources: Sources, network: NetworkStack) -> EncodeWorker:
        data = self._data
        worker = EncodeWorker(
            self,
            "Encode",
            environment=environment,
            context=sources.worker_context,
            functions_placement=network.functions,
            tasks_placement=network.workers,
            cache=data.cache,
        )
        for grantee in worker.grantees:
            data.uploads.allow_objects(grantee, SOURCES, "GetObject")
            data.media.allow_objects(grantee, WORK, "GetObject", "PutObject")
            data.media.allow_objects(grantee, PUBLISHED, "GetObject", "PutObject", "AbortMultipartUpload")
            data.media.allow_listing(grantee)
        return worker

    def _create_steps(self) -> PipelineFunctions:
        def step(folder: str, description: str, *, seconds: int, looks_into_media: bool = False) -> PythonFunction:
            function = PythonFunction(
                self,
                folder.capitalize(),
                folder=folder,
                description=description,
                platform=self._platform,
                timeout=Duration.seconds(seconds),
                memory_mib=WHOLE_PROCESSOR_MIB if looks_into_media else None,
                media_tools=looks_into_media,
            )
            function.use_database()
            return function

        return PipelineFunctions(
            probe=step("probe", "Looks into the source, confined", seconds=120, looks_into_media=True),
            plan=step("plan", "Decides ladder, shards and segments", seconds=60),
            publish=step("publish", "Adds finished segments to the growing playlists", seconds=60),
            images=step("images", "Makes poster and storyboard", seconds=300, looks_into_media=True),
            package=step("package", "Writes and checks the final playlists", seconds=300),
            finish=step("finish", "Makes the version current and the job completed", seconds=60),
            fail=step("fail", "Tells the job why it failed", seconds=60),
        )

    def _grant_steps(self, steps: PipelineFunctions) -> None:
        """What each step does to the buckets. Listing makes an object that is not there a 404."""
        uploads, media = self._data.uploads, self._data.media
        uploads.allow_objects(steps.probe, SOURCES, "GetObject")
        uploads.allow_listing(steps.probe)
        media.allow_objects(steps.probe, WORK, "GetObject", "PutObject")
        media.allow_objects(steps.plan, WORK, "GetObject", "PutObject")
        media.allow_objects(steps.publish, WORK, "GetObject")
        media.allow_objects(steps.publish, PUBLISHED, "GetObject", "PutObject")
        for function in (steps.images, steps.package):
            media.allow_objects(function, WORK, "GetObject", "PutObject")
            media.allow_objects(function, PUBLISHED, "GetObject", "PutObject")
        media.allow_objects(steps.finish, WORK, "GetObject")
        media.allow_objects(steps.fail, WORK, "GetObject", "DeleteObject")
        media.allow_objects(steps.fail, PUBLISHED, "DeleteObject")
        for function in vars(steps).values():
            media.allow_listing(function)
        for function in (steps.publish, steps.package, steps.finish, steps.fail):
            self._data.webhooks.tell_from(function)

    def _create_ingest(self) -> None:
        ingest = PythonFunction(
            self,
            "Ingest",
            folder="ingest",
            description="Starts one execution for each source that arrived",
            platform=self._platform,
            timeout=INGEST_TIMEOUT,
            variables={
                "MEDIA_BUCKET": self._data.media.bucket_name,
                "STATE_MACHINE_ARN": self.state_machine.state_machine_arn,
                "DEAD_LETTERS_URL": self._data.ingest_queue.dead_letters.queue_url,
            },
        )
        self._data.ingest_queue.dead_letters.grant_send_messages(ingest)
        ingest.use_database()
        self._data.webhooks.tell_from(ingest)
        self.state_machine.grant_start_execution(ingest)
        ingest.add_event_source(
            event_sources.SqsEventSource(
                self._data.ingest_queue,
                batch_size=INGEST_BATCH,
                max_concurrency=INGEST_CONCURRENCY,
                report_batch_item_failures=True,
            )
        )

    def _create_reconcile(self) -> None:
        data = self._data
        reconcile = PythonFunction(
            self,
            "Reconcile",
            folder="reconcile",
            description="Finds uploads without a job and jobs without a run, and sets them going",
            platform=self._platform,
            timeout=Duration.seconds(55),  # done before the next one starts
            variables={
                "UPLOADS_BUCKET": data.uploads.bucket_name,
                "MEDIA_BUCKET": data.media.bucket_name,
                "STATE_MACHINE_ARN": self.state_machine.state_machine_arn,
            },
        )
        reconcile.use_database()
        data.webhooks.tell_from(reconcile)
        data.uploads.allow_objects(reconcile, SOURCES, "GetObject", "AbortMultipartUpload")
        data.uploads.allow_listing(reconcile)
        data.media.allow_objects(reconcile, WORK, "GetObject", "DeleteObject")
        data.media.allow_objects(reconcile, PUBLISHED, "DeleteObject")
        data.media.allow_listing(reconcile)
        self.state_machine.grant_start_execution(reconcile)
        allow_execution_control(self.state_machine, reconcile, "DescribeExecution")
        scheduler.Schedule(
            self,
            "ReconcileSchedule",
            description="Jobs and uploads that something forgot",
            schedule=scheduler.ScheduleExpression.rate(RECONCILE_EVERY),
            target=targets.LambdaInvoke(
                reconcile,
                # the next one comes in a minute anyway
                retry_attempts=0,
                max_event_age=RECONCILE_EVERY,
            ),
        )
