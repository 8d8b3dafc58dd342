"""What the routes of `abuse` work with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import CacheWiring
from marquee.services.show_blocks import LiftBlock, ListBlocks

from abuse.settings import Settings


class AbuseWiring(CacheWiring[Settings]):
    """Use cases of blocks."""

    @cached_property
    def list_blocks(self) -> ListBlocks:
        return ListBlocks(self.limits)

    @cached_property
    def lift_block(self) -> LiftBlock:
        return LiftBlock(self.limits)


wiring = AbuseWiring(Settings)
