"""What `reconcile` works with, built on first use."""

from functools import cached_property

from marquee.domain.ports import Executions
from marquee.entry.wiring import EventsWiring
from marquee.services.abort_upload import AbortUpload
from marquee.services.fail_job import FailJob
from marquee.services.finish_job import FinishJob
from marquee.services.ingest_upload import IngestUpload
from marquee.services.mark_jobs import JobMarker
from marquee.services.reconcile import Reconcile
from marquee.services.resume_tasks import ResumeTasks

from reconcile.settings import Settings


class ReconcileWiring(EventsWiring[Settings]):
    """The use case of reconcile, made of those that it repeats."""

    @cached_property
    def executions(self) -> Executions:
        return self.executions_of(self.settings.state_machine_arn)

    @cached_property
    def enrich_executions(self) -> Executions:
        return self.executions_of(self.settings.enrich_machine_arn)

    @cached_property
    def reconcile(self) -> Reconcile:
        settings = self.settings
        return Reconcile(
            uploads=self.uploads,
            jobs=self.jobs,
            objects=self.objects,
            executions=self.executions,
            ingest_upload=IngestUpload(
                self.uploads,
                self.assets,
                self.jobs,
                self.executions,
                self.events,
                settings.media_bucket,
                limits=settings.turn_limits,
            ),
            abort_upload=AbortUpload(
                self.uploads, self.assets, self.jobs, self.multipart, self.events, settings.uploads_bucket
            ),
            finish_job=FinishJob(self.jobs, self.assets, self.objects, self.events, settings.moderation_policy),
            fail_job=FailJob(self.jobs, self.assets, self.objects, self.events),
            resume_tasks=ResumeTasks(
                self.objects, self.enrich_executions, JobMarker(self.jobs, self.assets, self.events)
            ),
            uploads_bucket=settings.uploads_bucket,
        )


wiring = ReconcileWiring(Settings)
