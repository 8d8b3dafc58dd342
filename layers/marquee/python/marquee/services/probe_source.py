"""Find out what an uploaded source is; refuse what is no film that we can encode."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import PermanentError
from marquee.domain.media import MediaInfo
from marquee.domain.pipeline import Execution, Probed
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import JobStore
from marquee.services.running_job import running_job

URL_SECONDS = 900

# `probe(url, size_in_bytes)`, raising `InvalidMedia`.
Probe = Callable[[str, int], MediaInfo]


@dataclass(frozen=True)
class ProbeSource:
    """First step. What an earlier attempt found is kept: later work is named after it."""

    jobs: JobStore
    objects: ObjectStore
    probe: Probe
    clock: Clock = utc_now

    def __call__(self, execution: Execution) -> Probed:
        running_job(self.jobs, execution)
        self.jobs.start_task(execution.job_id, "probe", self.clock())
        key = keys.media_info_key(execution.job_id)
        if self.objects.head(execution.media_bucket, key) is None:
            info = self._look(execution)
            self.objects.put(
                execution.media_bucket, key, info.model_dump_json().encode(), content_type="application/json"
            )
        self.jobs.finish_task(execution.job_id, "probe", self.clock())
        return Probed(media_info_key=key)

    def _look(self, execution: Execution) -> MediaInfo:
        source = execution.source
        head = self.objects.head(source.bucket, source.key)
        if head is None:
            raise PermanentError("The uploaded file is not there any more.", code="source_missing")
        if head.size_bytes == 0:
            raise PermanentError("The file is empty.", code="empty_file")
        url = self.objects.presign_get(
            source.bucket, source.key, expires_seconds=URL_SECONDS, version_id=source.version_id
        )
        return self.probe(url, head.size_bytes)
