"""What the routes of `jobs` work with, built on first use."""

from functools import cached_property

from marquee.domain.ports import Executions
from marquee.entry.wiring import ANSWERING_SECONDS, CacheWiring, EventsWiring
from marquee.services.cancel_job import CancelJob
from marquee.services.list_jobs import ListJobs
from marquee.services.retry_job import RetryJob
from marquee.services.retry_task import RetryTask
from marquee.services.show_job import ShowJob

from jobs.settings import Settings


class JobsWiring(EventsWiring[Settings], CacheWiring[Settings]):
    """Use cases of jobs."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def executions(self) -> Executions:
        return self.executions_of(self.settings.state_machine_arn)

    @cached_property
    def show_job(self) -> ShowJob:
        return ShowJob(self.jobs, self.progress)

    @cached_property
    def list_jobs(self) -> ListJobs:
        return ListJobs(self.show_job)

    @cached_property
    def cancel_job(self) -> CancelJob:
        return CancelJob(self.jobs, self.assets, self.objects, self.executions, self.events)

    @cached_property
    def retry_job(self) -> RetryJob:
        return RetryJob(self.jobs, self.assets, self.objects, self.executions, self.progress)

    @cached_property
    def enrich_executions(self) -> Executions:
        return self.executions_of(self.settings.enrich_machine_arn)

    @cached_property
    def offered_tasks(self) -> frozenset[str]:
        return frozenset(self.settings.enrich_tasks.split(","))

    @cached_property
    def retry_task(self) -> RetryTask:
        return RetryTask(self.jobs, self.objects, self.enrich_executions, self.progress, self.offered_tasks)


wiring = JobsWiring(Settings)
