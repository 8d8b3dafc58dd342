"""Trigger: every minute. Effect: what players reported is in the database."""

from marquee.entry.reports import reported
from marquee.entry.steps import step
from marquee.services.flush_progress import FlushReport
from marquee.services.reconcile import Nothing

from flush_progress.wiring import wiring


@step(Nothing)
def lambda_handler(_: Nothing) -> FlushReport:
    return reported(wiring.flush_progress())
