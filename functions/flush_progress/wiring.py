"""What `flush_progress` works with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import CacheWiring, DatabaseWiring
from marquee.services.flush_progress import FlushProgress

from flush_progress.settings import Settings


class FlushProgressWiring(DatabaseWiring[Settings], CacheWiring[Settings]):
    """The use case between the two stores."""

    @cached_property
    def flush_progress(self) -> FlushProgress:
        return FlushProgress(self.live_watch, self.watch_progress, self.metrics)


wiring = FlushProgressWiring(Settings)
