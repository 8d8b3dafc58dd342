"""What `fail` works with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import EventsWiring
from marquee.services.fail_job import FailJob

from fail.settings import Settings


class FailWiring(EventsWiring[Settings]):
    """The use case of fail."""

    @cached_property
    def fail_job(self) -> FailJob:
        return FailJob(self.jobs, self.assets, self.objects, self.events)


wiring = FailWiring(Settings)
