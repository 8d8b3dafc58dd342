"""What `release` works with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import EventsWiring
from marquee.services.release_asset import ReleaseAsset

from release.settings import Settings


class ReleaseWiring(EventsWiring[Settings]):
    """The use case of release."""

    @cached_property
    def release_asset(self) -> ReleaseAsset:
        return ReleaseAsset(self.jobs, self.assets, self.objects, self.events)


wiring = ReleaseWiring(Settings)
