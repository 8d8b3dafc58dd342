"""Jobs, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.domain.jobs import JobStatus
from marquee.domain.media import Model
from marquee.services.paging import read_page
from marquee.services.show_job import JobAnswer, ShowJob, answer_of


class JobsPage(Model):
    """One page; `next_cursor` is None on the last."""

    items: tuple[JobAnswer, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class ListJobs:
    """`GET /jobs`."""

    show_job: ShowJob

    def __call__(self, status: JobStatus | None, limit: int, cursor: str | None) -> JobsPage:
        page, next_cursor = read_page(
            lambda count, before: self.show_job.jobs.page(status, count, before), limit, cursor
        )
        shown = (answer_of(self.show_job.with_live_progress(job)) for job in page)
        return JobsPage(items=tuple(shown), next_cursor=next_cursor)
