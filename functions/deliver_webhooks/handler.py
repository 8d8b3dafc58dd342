"""Trigger: the webhooks' queue (somebody has something to tell), and every minute. Effect: webhooks are delivered.

Facts go on the event bus, too, before anybody's slow server is waited for."""

from collections.abc import Mapping
from typing import Any

from marquee.entry.logs import begin_invocation

from deliver_webhooks.wiring import wiring


def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, int]:
    """A message says only that there is something: all that is due is looked for in any case."""
    logger = begin_invocation(context)
    lost = 0 if "Records" in event else wiring.find_lost_events()
    dispatched = wiring.dispatch_events()
    published = wiring.publish_events()
    report = wiring.deliver_webhooks()
    done = {"lost": lost, "dispatched": dispatched, "published": published}
    done |= {"accepted": report.accepted, "failed": report.failed}
    if any(done.values()):
        logger.info("webhooks", extra=done)
    return done
