"""What the routes of `streaming` work with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import CacheWiring, DatabaseWiring
from marquee.services.open_session import OpenSession

from streaming.settings import Settings


class StreamingWiring(DatabaseWiring[Settings], CacheWiring[Settings]):
    """Use cases of streaming."""

    @cached_property
    def open_session(self) -> OpenSession:
        return OpenSession(self.assets)


wiring = StreamingWiring(Settings)
