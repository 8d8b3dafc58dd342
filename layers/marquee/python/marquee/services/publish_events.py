"""Put what was said on the event bus, once it stands."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from marquee.domain.errors import MarqueeError
from marquee.domain.webhook_stores import EventBus, Outbox

logger = logging.getLogger("marquee.events")

PAGE = 100
PAGES = 10  # the next round goes on


@dataclass(frozen=True)
class PublishEvents:
    """May run at any time and twice at once: subscribers know what comes again by the message's `id`."""

    outbox: Outbox
    bus: EventBus

    def __call__(self) -> int:
        """How many the bus has taken. Webhooks do not wait for a bus that is away: it is asked again soon."""
        published = 0
        try:
            for _ in range(PAGES):
                waiting = self.outbox.unpublished(PAGE)
                taken = self.bus.put(waiting) if waiting else frozenset[str]()
                self.outbox.published(taken)
                published += len(taken)
                # What is not taken now stays first in line: another look would find the same.
                if len(waiting) < PAGE or len(taken) < len(waiting):
                    break
        except MarqueeError:
            logger.warning("events are not published yet", exc_info=True)
        return published
