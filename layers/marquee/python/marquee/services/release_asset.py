"""The film is made and proven: its version becomes current, and viewers are let in."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, PermanentError
from marquee.domain.events import Events, asset_ready
from marquee.domain.jobs import Job, Problem
from marquee.domain.media import ImagesSummary, PackageSummary
from marquee.domain.message_facts import transcoded
from marquee.domain.pipeline import Execution
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore, JobStore
from marquee.services.mark_jobs import JobMarker

GARBAGE = Problem(code="provider_garbage", message="What was made cannot be read.")


@dataclass(frozen=True)
class ReleaseAsset:
    """The state machine's step after `package`, where no verdict is waited for. May run again."""

    jobs: JobStore
    assets: AssetStore
    objects: ObjectStore
    events: Events
    clock: Clock = utc_now

    def __call__(self, execution: Execution) -> Job:
        return self.release(self.publish(execution))

    def publish(self, execution: Execution) -> Job:
        """The version becomes current; whether it may be watched already is for others to say."""
        stored = self.objects.get(execution.media_bucket, keys.package_summary_key(execution.job_id))
        if stored is None:
            raise PermanentError("The film was not packaged.", code="output_missing")
        package = PackageSummary.model_validate_json(stored.body)
        images = self._images(execution)
        # From the seal on nobody can cancel, so that a canceled job is never published.
        sealed = self.jobs.seal(execution.job_id, execution.attempt, self.clock())
        if sealed is None:
            raise Conflict("The job was canceled or runs again.", code="superseded")
        self.assets.publish(sealed.asset_id, sealed.version, package, images, self.clock())
        if images is None:
            self._add_late_images(sealed, execution)
        return sealed

    def release(self, job: Job) -> Job:
        """From here on it is watched; that it is ready is said."""
        released = self.jobs.release(job.id, job.attempt, self.clock())
        if released is None:
            return job
        self.events.announce(asset_ready(released))
        self.events.announce(transcoded(released, status="completed"))
        return released

    def _add_late_images(self, job: Job, execution: Execution) -> None:
        """They are made meanwhile, by a step that adds them to a version that is current: it may just have found that
        this one is not."""
        images = self._images(execution)
        if images is not None:
            self.assets.note_images(job.asset_id, job.version, images, self.clock())

    def _images(self, execution: Execution) -> ImagesSummary | None:
        """None also when what lies there is no summary, and the job says so: pictures hold no film back."""
        stored = self.objects.get(execution.media_bucket, keys.images_summary_key(execution.job_id))
        try:
            return None if stored is None else ImagesSummary.model_validate_json(stored.body)
        except ValidationError:
            marks = JobMarker(self.jobs, self.assets, self.events, self.clock)
            marks.fail_task(execution.job_id, "images", GARBAGE)
            return None
