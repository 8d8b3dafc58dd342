"""From a source in the uploads bucket to a published asset: functions, workers, state machine, schedule."""

from __future__ import annotations

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from constructs import Construct

from infra.constructs.encode_worker import EncodeWorker
from infra.constructs.enrich import EnrichStateMachine
from infra.constructs.enrich_worker import EnrichWorker
from infra.constructs.media_bucket import PUBLISHED, WORK
from infra.constructs.migration import Migration
from infra.constructs.password_rotation import PasswordRotation
from infra.constructs.python_function import FunctionPlatform, PythonFunction
from infra.constructs.transcode import TranscodeStateMachine, allow_execution_control
from infra.constructs.uploads_bucket import SOURCES
from infra.constructs.whisper_worker import WhisperWorker
from infra.environments import Environment
from infra.functions.pipeline import PipelineSteps
from infra.sources import Sources
from infra.stacks.data import INGEST_TIMEOUT, DataStack
from infra.stacks.network import NetworkStack

INGEST_BATCH = 10
INGEST_CONCURRENCY = 5
RECONCILE_EVERY = Duration.minutes(1)


class PipelineStack(Stack):
    """`state_machine` runs a job; `ingest` starts it when a source arrives, `reconcile` when that was missed.
    `enrich_machine` does one task of a completed job again."""

    state_machine: TranscodeStateMachine
    enrich_machine: EnrichStateMachine

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
        if not data.database.elsewhere:
            PasswordRotation(self, "PasswordRotation", platform=self._platform, secret=data.database.secret)
        worker = self._create_worker(environment, sources, network)
        enrich_worker = EnrichWorker(
            self,
            "Enricher",
            environment=environment,
            context=sources.worker_context,
            placement=network.enrichers,
            cache=data.cache,
        )
        whisper = self._create_whisper(environment, sources, worker)
        steps = PipelineSteps(self, platform=self._platform, data=data, worker=enrich_worker, whisper=whisper)
        self.state_machine = TranscodeStateMachine(
            self,
            "Transcode",
            environment=environment,
            functions=steps.film,
            enrichers=steps.enrich,
            worker=worker,
            media_bucket=data.media.bucket_name,
            bus=data.bus,
        )
        self.enrich_machine = EnrichStateMachine(
            self, "EnrichMachine", environment=environment, functions=steps.enrich, media_bucket=data.media.bucket_name
        )
        # the Distributed Map reads its items itself
        data.media.allow_objects(self.state_machine, WORK, "GetObject")
        if environment.enrichment.captions_provider == "transcribe":
            # Amazon Transcribe reads and writes with the rights of who asked it.
            for machine in (self.state_machine, self.enrich_machine):
                data.media.allow_objects(machine, WORK, "GetObject", "PutObject")
                data.media.allow_listing(machine)
        self._create_ingest()
        self._create_reconcile()
        CfnOutput(self, "TranscodeArn", value=self.state_machine.state_machine_arn, description="Makes films")
        CfnOutput(
            self,
            "EnrichMachineArn",
            value=self.enrich_machine.state_machine_arn,
            description="Does one task of a finished film again",
        )

    def _create_worker(self, environment: Environment, sources: Sources, network: NetworkStack) -> EncodeWorker:
        data = self._data
        worker = EncodeWorker(
            self,
            "Encode",
            environment=environment,
            context=sources.worker_context,
            functions_placement=network.confined,
            tasks_placement=network.workers,
            cache=data.cache,
        )
        for grantee in worker.grantees:
            data.uploads.allow_objects(grantee, SOURCES, "GetObject")
            data.media.allow_objects(grantee, WORK, "GetObject", "PutObject")
            data.media.allow_objects(grantee, PUBLISHED, "GetObject", "PutObject", "AbortMultipartUpload")
            data.media.allow_listing(grantee)
        return worker

    def _create_whisper(self, environment: Environment, sources: Sources, worker: EncodeWorker) -> WhisperWorker | None:
        if environment.enrichment.captions_provider != "whisper":
            return None
        return WhisperWorker(
            self,
            "Whisper",
            environment=environment,
            context=sources.worker_context,
            cluster=worker.cluster,
            placement=worker.placement,
            cache=self._data.cache,
        )

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
                "STATE_MACHINE_ARN": self.state_machine.live_arn,
                "DEAD_LETTERS_URL": self._data.ingest_queue.dead_letters.queue_url,
                **self._turns(),
            },
        )
        self._data.ingest_queue.dead_letters.grant_send_messages(ingest)
        ingest.use_database()
        self._data.webhooks.tell_from(ingest)
        self.state_machine.grant_start_execution(ingest)
        ingest.live.add_event_source(
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
                "STATE_MACHINE_ARN": self.state_machine.live_arn,
                "ENRICH_MACHINE_ARN": self.enrich_machine.live_arn,
                "MODERATION_POLICY": self._platform.environment.enrichment.moderation,
                **self._turns(),
            },
        )
        reconcile.use_database()
        data.webhooks.tell_from(reconcile)
        data.uploads.allow_objects(reconcile, SOURCES, "GetObject", "AbortMultipartUpload")
        data.uploads.allow_listing(reconcile)
        data.media.allow_objects(reconcile, WORK, "GetObject", "DeleteObject")
        data.media.allow_objects(reconcile, PUBLISHED, "DeleteObject", "PutObject")
        data.media.allow_listing(reconcile)
        for machine in (self.state_machine, self.enrich_machine):
            machine.grant_start_execution(reconcile)
            allow_execution_control(machine, reconcile, "DescribeExecution")
        scheduler.Schedule(
            self,
            "ReconcileSchedule",
            description="Jobs and uploads that something forgot",
            schedule=scheduler.ScheduleExpression.rate(RECONCILE_EVERY),
            target=targets.LambdaInvoke(
                reconcile.live,
                # the next one comes in a minute anyway
                retry_attempts=0,
                max_event_age=RECONCILE_EVERY,
            ),
        )

    def _turns(self) -> dict[str, str]:
        """For who begins jobs: how many may be made at once."""
        worker = self._platform.environment.worker
        return {"JOBS_AT_ONCE": str(worker.jobs_at_once), "JOBS_AT_ONCE_EACH": str(worker.jobs_at_once_each)}
