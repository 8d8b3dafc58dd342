"""Everything is made and proven: the version becomes current and the job is completed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, PermanentError
from marquee.domain.events import Events, asset_ready
from marquee.domain.jobs import Problem
from marquee.domain.media import ImagesSummary, Model, PackageSummary
from marquee.domain.pipeline import Execution
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore, JobStore

NO_IMAGES = Problem(code="images_failed", message="The film has no poster and no preview pictures.")

Summary = TypeVar("Summary", bound=Model)


@dataclass(frozen=True)
class FinishJob:
    """The state machine's last step. May run again: after the first time it finds the job completed."""

    jobs: JobStore
    assets: AssetStore
    objects: ObjectStore
    events: Events
    clock: Clock = utc_now

    def __call__(self, execution: Execution) -> None:
        job = self.jobs.get(execution.job_id)
        if job is not None and job.status == "completed" and job.attempt == execution.attempt:
            return
        package = self._read(execution, keys.package_summary_key(execution.job_id), PackageSummary)
        if package is None:
            raise PermanentError("The film was not packaged.", code="output_missing")
        images = self._read(execution, keys.images_summary_key(execution.job_id), ImagesSummary)
        # From the seal on nobody can cancel, so that a canceled job is never published.
        sealed = self.jobs.seal(execution.job_id, execution.attempt, self.clock())
        if sealed is None:
            raise Conflict("The job was canceled or runs again.", code="superseded")
        if images is None:
            # The state machine went on without them; nobody else has said so on the job.
            self.jobs.fail_task(sealed.id, "images", NO_IMAGES, self.clock())
        self.assets.publish(sealed.asset_id, sealed.version, package, images, self.clock())
        done = self.jobs.complete(sealed.id, sealed.attempt, self.clock())
        if done is not None:
            self.events.announce(asset_ready(done))

    def _read(self, execution: Execution, key: str, summary_type: type[Summary]) -> Summary | None:
        stored = self.objects.get(execution.media_bucket, key)
        return None if stored is None else summary_type.model_validate_json(stored.body)
