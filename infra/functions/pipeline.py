"""The functions that the state machines call, and what each may do to the buckets."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from constructs import Construct

from infra.constructs.embeddings import let_embed
from infra.constructs.enrich_steps import EnrichFunctions
from infra.constructs.enrich_worker import EnrichWorker
from infra.constructs.media_bucket import PUBLISHED, WORK
from infra.constructs.pipeline_functions import PipelineFunctions
from infra.constructs.python_function import FunctionPlatform, MoreLayer, PythonFunction
from infra.constructs.uploads_bucket import READ_SOURCE, SOURCES
from infra.constructs.whisper_worker import WhisperWorker
from infra.enrichment import Enrichment
from infra.stacks.data import DataStack

WHOLE_PROCESSOR_MIB = 1769


class PipelineSteps:
    """`film` makes a film, `enrich` makes it richer. Their scope is the stack, and part of their names."""

    film: PipelineFunctions
    enrich: EnrichFunctions

    def __init__(
        self,
        scope: Construct,
        *,
        platform: FunctionPlatform,
        data: DataStack,
        worker: EnrichWorker,
        whisper: WhisperWorker | None,
    ) -> None:
        self._scope = scope
        self._platform = platform
        self._data = data
        choice = platform.environment.enrichment
        gate = {"MODERATION_POLICY": choice.moderation}
        early = {"WATCHED_EARLY": str(platform.environment.watched_early).lower()}
        self.film = PipelineFunctions(
            probe=self._step("probe", "Looks into the source, confined", seconds=120, more="MediaTools"),
            plan=self._step("plan", "Decides ladder, shards and segments", seconds=60, variables=_offered(choice)),
            publish=self._step(
                "publish", "Adds finished segments to the growing playlists", seconds=60, variables=early
            ),
            package=self._step("package", "Writes and checks the final playlists", seconds=300, variables=early),
            plugin=self._create_plugin(),
            release=self._step("release", "Makes the version current", seconds=60),
            finish=self._step("finish", "Completes the job, and says what is missing", seconds=60, variables=gate),
            fail=self._step("fail", "Tells the job why it failed", seconds=60),
        )
        self.enrich = EnrichFunctions(
            worker=worker.function,
            images=self._step("images", "Makes posters and storyboard", seconds=120, more="Vision"),
            captions=self._step("captions", "Makes a text track of what was heard", seconds=120),
            subtitles=self._step(
                "subtitles", "Makes text tracks of what the film brings along", seconds=900, more="MediaTools"
            ),
            enrichment=self._step(
                "enrichment", "Writes how it is with a task that enriches a film", seconds=60, variables=gate
            ),
            whisper=whisper,
        )
        self._grant_film()
        self._grant_enrichers(worker)
        for function in (self.film.finish, self.enrich.captions, self.enrich.enrichment):
            let_embed(function, platform.environment)

    def _step(
        self,
        folder: str,
        description: str,
        *,
        seconds: int,
        more: MoreLayer | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> PythonFunction:
        function = PythonFunction(
            self._scope,
            folder.capitalize(),
            folder=folder,
            description=description,
            platform=self._platform,
            timeout=Duration.seconds(seconds),
            memory_mib=WHOLE_PROCESSOR_MIB if more else None,
            more=more,
            variables=variables,
        )
        function.use_database()
        # listing makes an object that is not there a 404
        self._data.media.allow_listing(function)
        return function

    def _create_plugin(self) -> PythonFunction:
        """No file is its business."""
        function = PythonFunction(
            self._scope,
            "Plugin",
            folder="plugin",
            description="Hears what a plug-in says of a film",
            platform=self._platform,
            timeout=Duration.seconds(60),
        )
        function.use_database()
        return function

    def _grant_film(self) -> None:
        uploads, media, film = self._data.uploads, self._data.media, self.film
        uploads.allow_objects(film.probe, SOURCES, *READ_SOURCE)
        uploads.allow_listing(film.probe)
        media.allow_objects(film.probe, WORK, "GetObject", "PutObject")
        media.allow_objects(film.plan, WORK, "GetObject", "PutObject")
        media.allow_objects(film.publish, WORK, "GetObject")
        media.allow_objects(film.publish, PUBLISHED, "GetObject", "PutObject")
        media.allow_objects(film.package, WORK, "GetObject", "PutObject")
        media.allow_objects(film.package, PUBLISHED, "GetObject", "PutObject")
        media.allow_objects(film.release, WORK, "GetObject")
        media.allow_objects(film.finish, WORK, "GetObject")
        media.allow_objects(film.finish, PUBLISHED, "GetObject", "PutObject", "DeleteObject")
        media.allow_objects(film.fail, WORK, "GetObject", "DeleteObject")
        media.allow_objects(film.fail, PUBLISHED, "DeleteObject")
        for function in (film.publish, film.package, film.release, film.finish, film.fail):
            self._data.webhooks.tell_from(function)

    def _grant_enrichers(self, worker: EnrichWorker) -> None:
        uploads, media, enrich = self._data.uploads, self._data.media, self.enrich
        uploads.allow_objects(worker.function, SOURCES, "GetObject")
        media.allow_objects(worker.function, WORK, "GetObject", "PutObject")
        media.allow_objects(worker.function, PUBLISHED, "GetObject")
        media.allow_listing(worker.function)
        if enrich.whisper is not None:
            listener = enrich.whisper.task.task_role
            media.allow_objects(listener, WORK, "GetObject", "PutObject")
            media.allow_objects(listener, PUBLISHED, "GetObject")  # what an owner says is said
            media.allow_listing(listener)
        uploads.allow_objects(enrich.subtitles, SOURCES, *READ_SOURCE)
        uploads.allow_listing(enrich.subtitles)
        media.allow_objects(enrich.subtitles, WORK, "GetObject")
        media.allow_objects(enrich.subtitles, PUBLISHED, "GetObject", "PutObject", "DeleteObject")
        for function in (enrich.images, enrich.captions):
            media.allow_objects(function, WORK, "GetObject", "PutObject")
            media.allow_objects(function, PUBLISHED, "GetObject", "PutObject")
        media.allow_objects(enrich.enrichment, WORK, "GetObject")
        media.allow_objects(enrich.enrichment, PUBLISHED, "GetObject", "PutObject")
        # the film may be deleted while they work; another edit of a track takes the files of the one before away
        for function in (enrich.images, enrich.captions, enrich.enrichment):
            media.allow_objects(function, PUBLISHED, "DeleteObject")
        for function in (enrich.images, enrich.captions, enrich.enrichment):
            self._data.webhooks.tell_from(function)


def _offered(choice: Enrichment) -> dict[str, str]:
    return {"CAPTIONS_PROVIDER": choice.captions_provider, "ANALYSIS_PROVIDER": choice.analysis_provider}
