"""What `finish` works with, built on first use."""

from functools import cached_property

from marquee.entry.spoken_wiring import SpokenWiring
from marquee.entry.wiring import EventsWiring
from marquee.services.finish_job import FinishJob

from finish.settings import Settings


class FinishWiring(EventsWiring[Settings], SpokenWiring[Settings]):
    """The use case of finish."""

    @cached_property
    def finish_job(self) -> FinishJob:
        return FinishJob(
            self.jobs,
            self.assets,
            self.objects,
            self.events,
            self.settings.moderation_policy,
            text_changed=self.text_changed,
        )


wiring = FinishWiring(Settings)
