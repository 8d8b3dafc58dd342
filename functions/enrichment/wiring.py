"""What `enrichment` works with, built on first use."""

from functools import cached_property

from marquee.entry.spoken_wiring import SpokenWiring
from marquee.entry.wiring import EventsWiring
from marquee.services.record_enrichment import RecordEnrichment

from enrichment.settings import Settings


class EnrichmentWiring(EventsWiring[Settings], SpokenWiring[Settings]):
    """The use case of enrichment."""

    @cached_property
    def record_enrichment(self) -> RecordEnrichment:
        return RecordEnrichment(
            self.jobs,
            self.assets,
            self.objects,
            self.events,
            self.settings.moderation_policy,
            text_changed=self.text_changed,
        )


wiring = EnrichmentWiring(Settings)
