"""Which addresses are shut out, and letting one in again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from marquee.domain.abuse import Watch, counted_address
from marquee.domain.errors import NotFound

IPV6_PREFIX_LENGTH, IPV4_PREFIX_LENGTH = 64, 32


class BlockAnswer(BaseModel):
    """One address that is shut out; of IPv6 the whole network that begins with it. `strike`: how often within a
    day, this time included."""

    address: str
    prefix_length: int
    reason: Literal["errors", "scanning", "guessing"]
    strike: int
    until: datetime


class BlocksPage(BaseModel):
    """Those that are free first come first. There is no second page: whoever waits is let in again."""

    items: list[BlockAnswer]
    next_cursor: str | None = None


@dataclass(frozen=True)
class ListBlocks:
    """Raises `TransientError` when nobody can tell."""

    watch: Watch

    def __call__(self, limit: int) -> BlocksPage:
        return BlocksPage(
            items=[
                BlockAnswer(
                    address=block.address,
                    prefix_length=IPV6_PREFIX_LENGTH if ":" in block.address else IPV4_PREFIX_LENGTH,
                    reason=block.reason,
                    strike=block.strike,
                    until=block.until,
                )
                for block in self.watch.blocks(limit)
            ]
        )


@dataclass(frozen=True)
class LiftBlock:
    """Any address of a blocked network will do. Raises `InvalidRequest`, `NotFound` and `TransientError`."""

    watch: Watch

    def __call__(self, address: str) -> None:
        if not self.watch.unblock(counted_address(address)):
            raise NotFound("This address is not blocked.")
