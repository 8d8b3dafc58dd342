"""What `ingest` works with, built on first use."""

from functools import cached_property

from marquee.domain.ports import DeadLetters, Executions
from marquee.entry.wiring import EventsWiring
from marquee.services.ingest_upload import IngestUpload

from ingest.settings import Settings


class IngestWiring(EventsWiring[Settings]):
    """The use case of ingest."""

    @cached_property
    def executions(self) -> Executions:
        return self.executions_of(self.settings.state_machine_arn)

    @cached_property
    def dead_letters(self) -> DeadLetters:
        from marquee.adapters.dead_letters import QueueDeadLetters

        return QueueDeadLetters(self.settings.dead_letters_url)

    @cached_property
    def ingest_upload(self) -> IngestUpload:
        return IngestUpload(
            self.uploads,
            self.assets,
            self.jobs,
            self.executions,
            self.events,
            self.settings.media_bucket,
            limits=self.settings.turn_limits,
        )


wiring = IngestWiring(Settings)
