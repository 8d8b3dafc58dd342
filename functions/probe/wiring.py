"""What `probe` works with, built on first use."""

from functools import cached_property

from marquee.domain.media import MediaInfo
from marquee.entry.wiring import DatabaseWiring
from marquee.services.probe_source import ProbeSource

from probe.settings import Settings


def probe_film(url: str, size_bytes: int) -> MediaInfo:
    """The confined probe, imported when there is something to probe."""
    from marquee.media.probe import probe

    return probe(url, size_bytes=size_bytes)


class ProbeWiring(DatabaseWiring[Settings]):
    """The use case of probe."""

    @cached_property
    def probe_source(self) -> ProbeSource:
        return ProbeSource(self.jobs, self.objects, probe_film)


wiring = ProbeWiring(Settings)
