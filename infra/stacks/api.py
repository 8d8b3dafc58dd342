"""The HTTP API and the functions that answer it."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration, Stack
from constructs import Construct

from infra.constructs.http_api import ServiceApi
from infra.constructs.media_bucket import PUBLISHED, WORK
from infra.constructs.python_function import FunctionPlatform, PythonFunction
from infra.constructs.transcode import TranscodeStateMachine, allow_execution_control
from infra.constructs.uploads_bucket import SOURCES
from infra.environments import Environment
from infra.routes import ROUTES
from infra.sources import Sources
from infra.stacks.data import DataStack
from infra.stacks.network import NetworkStack

# API Gateway gives up after 30 s; an answer that comes later reaches nobody.
ANSWER_WITHIN = Duration.seconds(28)


class ApiStack(Stack):
    """`api` serves everything below `/api/v1`."""

    api: ServiceApi

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        sources: Sources,
        network: NetworkStack,
        data: DataStack,
        state_machine: TranscodeStateMachine,
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
        self.api = ServiceApi(
            self,
            "Http",
            environment=environment,
            routes=ROUTES,
            functions={
                "uploads": self._create_uploads(),
                "jobs": self._create_jobs(state_machine),
                "assets": self._create_assets(),
                "streaming": self._create_streaming(),
                "health": self._create_health(),
            },
            otherwise="health",
        )

    def _create_uploads(self) -> PythonFunction:
        uploads = self._function(
            "uploads",
            "Opens, signs, completes and aborts transfers of source files",
            {"UPLOADS_BUCKET": self._data.uploads.bucket_name},
        )
        self._data.uploads.allow_objects(
            uploads,
            SOURCES,
            "PutObject",  # also what a signed part URL may do
            "GetObject",
            "DeleteObject",
            "AbortMultipartUpload",
            "ListMultipartUploadParts",
        )
        self._data.uploads.allow_listing(uploads)
        return uploads

    def _create_jobs(self, state_machine: TranscodeStateMachine) -> PythonFunction:
        jobs = self._function(
            "jobs",
            "Shows jobs and their live progress; cancels and retries them",
            {
                "MEDIA_BUCKET": self._data.media.bucket_name,
                "STATE_MACHINE_ARN": state_machine.state_machine_arn,
            },
        )
        jobs.use_cache()
        state_machine.grant_start_execution(jobs)
        allow_execution_control(state_machine, jobs, "DescribeExecution", "StopExecution")
        for prefix in (WORK, PUBLISHED):
            self._data.media.allow_objects(jobs, prefix, "DeleteObject")
        self._data.media.allow_listing(jobs)
        return jobs

    def _create_assets(self) -> PythonFunction:
        data = self._data
        assets = self._function(
            "assets",
            "Shows assets; deletes them with their source",
            {"UPLOADS_BUCKET": data.uploads.bucket_name, "MEDIA_BUCKET": data.media.bucket_name},
        )
        data.uploads.allow_objects(assets, SOURCES, "DeleteObject")
        data.uploads.allow_listing(assets)
        for prefix in (WORK, PUBLISHED):
            data.media.allow_objects(assets, prefix, "DeleteObject")
        data.media.allow_listing(assets)
        return assets

    def _create_streaming(self) -> PythonFunction:
        return self._function("streaming", "Gives a viewer the right to one asset")

    def _create_health(self) -> PythonFunction:
        health = self._function(
            "health",
            "Says which dependencies answer",
            {"MEDIA_BUCKET": self._data.media.bucket_name},
        )
        health.use_cache()
        # it asks for an object that is not there: 404 is an answer, 403 would be a riddle
        self._data.media.allow_object(health, "health", "GetObject")
        self._data.media.allow_listing(health)
        return health

    def _function(self, folder: str, description: str, variables: Mapping[str, str] | None = None) -> PythonFunction:
        function = PythonFunction(
            self,
            folder.capitalize(),
            folder=folder,
            description=description,
            platform=self._platform,
            timeout=ANSWER_WITHIN,
            variables=variables,
        )
        function.use_database()
        return function
