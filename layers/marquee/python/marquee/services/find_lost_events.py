"""Find facts that a crash kept from being said, between a document's change and the event of it.

Compares the jobs that have ended since the last time, and those that run, with the events that are known.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from marquee.domain.clock import Clock, utc_now
from marquee.domain.events import Event, event_id, facts_of, upload_completed
from marquee.domain.jobs import Job
from marquee.domain.message_facts import messages_of, video_uploaded
from marquee.domain.stores import JobStore, UploadStore
from marquee.domain.webhook_stores import Outbox

logger = logging.getLogger("marquee.webhooks")

PAGE = 500
# Clocks differ between machines, and a change is written later than its time was taken.
OVERLAP = timedelta(minutes=10)


@dataclass(frozen=True)
class FindLostEvents:
    """One look. The first of all goes back no further than `OVERLAP`: what was before is nobody's news."""

    jobs: JobStore
    uploads: UploadStore
    outbox: Outbox
    clock: Clock = utc_now

    def __call__(self) -> int:
        """How many were found."""
        now = self.clock()
        ended = self.jobs.finished_since((self.outbox.swept_until() or now) - OVERLAP, PAGE)
        found = self._say_missing([*self._running(), *ended])
        # A full page may have more behind it: the next look goes on from its end.
        full = len(ended) == PAGE and ended[-1].finished_at is not None
        self.outbox.set_swept_until((ended[-1].finished_at or now) + OVERLAP if full else now)
        if found:
            logger.warning("events were lost", extra={"events": found})
        return len(found)

    def _running(self) -> Iterator[Job]:
        before: str | None = None
        while page := self.jobs.page("running", PAGE, before):
            yield from page
            before = page[-1].id

    def _say_missing(self, jobs: Sequence[Job]) -> list[str]:
        facts = [fact for job in jobs for fact in (*facts_of(job), *messages_of(job))]
        uploads = {event_id("video.uploaded", job.upload_id): job for job in jobs if job.attempt}
        known = self.outbox.known({*uploads, *(fact.id for fact in facts)})
        missing = [fact for fact in facts if fact.id not in known]
        for identity, job in uploads.items():
            if identity not in known:
                missing += self._upload_of(job)
        return [event.id for event in missing if self.outbox.put(event)]

    def _upload_of(self, job: Job) -> Iterator[Event]:
        upload = self.uploads.get(job.upload_id)
        if upload is not None and upload.completed_at is not None:
            at = upload.completed_at
            yield upload_completed(upload_id=upload.id, asset_id=job.asset_id, job_id=job.id, at=at)
            if job.source is not None:
                yield video_uploaded(job, job.source, at)
