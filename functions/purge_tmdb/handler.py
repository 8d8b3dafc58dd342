"""Trigger: every day. Effect: nothing of TMDB in the database is half a year old."""

from marquee.entry.reports import reported
from marquee.entry.steps import step
from marquee.services.purge_tmdb import PurgeReport
from marquee.services.reconcile import Nothing

from purge_tmdb.wiring import wiring


@step(Nothing)
def lambda_handler(_: Nothing) -> PurgeReport:
    report = reported(wiring.purge_tmdb())
    wiring.metrics.flush()
    return report
