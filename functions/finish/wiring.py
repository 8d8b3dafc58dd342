"""What `finish` works with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import DatabaseWiring
from marquee.services.finish_job import FinishJob

from finish.settings import Settings


class FinishWiring(DatabaseWiring[Settings]):
    """The use case of finish."""

    @cached_property
    def finish_job(self) -> FinishJob:
        return FinishJob(self.jobs, self.assets, self.objects)


wiring = FinishWiring(Settings)
