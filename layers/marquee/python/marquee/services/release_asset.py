"""The film is made and proven: its version becomes current, and viewers are let in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, PermanentError
from marquee.domain.events import Events, asset_ready
from marquee.domain.jobs import Job
from marquee.domain.media import ImagesSummary, Model, PackageSummary
from marquee.domain.message_facts import transcoded
from marquee.domain.pipeline import Execution
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore, JobStore

Summary = TypeVar("Summary", bound=Model)


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
        package = self._read(execution, keys.package_summary_key(execution.job_id), PackageSummary)
        if package is None:
            raise PermanentError("The film was not packaged.", code="output_missing")
        images = self._read(execution, keys.images_summary_key(execution.job_id), ImagesSummary)
        # From the seal on nobody can cancel, so that a canceled job is never published.
        sealed = self.jobs.seal(execution.job_id, execution.attempt, self.clock())
        if sealed is None:
            raise Conflict("The job was canceled or runs again.", code="superseded")
        self.assets.publish(sealed.asset_id, sealed.version, package, images, self.clock())
        return sealed

    def release(self, job: Job) -> Job:
        """From here on it is watched; that it is ready is said."""
        released = self.jobs.release(job.id, job.attempt, self.clock())
        if released is None:
            return job
        self.events.announce(asset_ready(released))
        self.events.announce(transcoded(released, status="completed"))
        return released

    def _read(self, execution: Execution, key: str, summary_type: type[Summary]) -> Summary | None:
        stored = self.objects.get(execution.media_bucket, key)
        return None if stored is None else summary_type.model_validate_json(stored.body)
