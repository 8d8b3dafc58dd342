"""A round of delivery as a process of its own, to be killed: `deliver_once.py DATABASE_URI DATABASE_NAME SKEW_SECONDS`.

The real stores and a real HTTP client; the clock is that many seconds ahead.
"""

from __future__ import annotations

import sys
from datetime import timedelta

from marquee.adapters.database import Database
from marquee.adapters.outbox import DatabaseOutbox
from marquee.adapters.sealing import AesSealer
from marquee.adapters.webhook_post import HttpWebhookPost
from marquee.adapters.webhooks import DatabaseDeliveries, DatabaseEndpoints
from marquee.domain.clock import Clock, utc_now
from marquee.domain.webhook_targets import TargetPolicy
from marquee.services.deliver_webhooks import DeliverWebhooks
from marquee.services.dispatch_events import DispatchEvents

from tests.fakes_assets import MemoryAssets
from tests.fakes_webhooks import Wakes

PASSWORD = "a password"


def sealer() -> AesSealer:
    return AesSealer(lambda stage: PASSWORD)


def run(database: Database, clock: Clock) -> None:
    endpoints, deliveries = DatabaseEndpoints(database), DatabaseDeliveries(database)
    DispatchEvents(DatabaseOutbox(database), endpoints, deliveries, MemoryAssets(), clock)()
    post = HttpWebhookPost(TargetPolicy(loopback=True))
    DeliverWebhooks(endpoints, deliveries, sealer(), post, Wakes(), clock)()


if __name__ == "__main__":
    uri, name, skew = sys.argv[1:]
    run(Database(lambda: uri, name), lambda: utc_now() + timedelta(seconds=int(skew)))
