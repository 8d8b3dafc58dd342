"""Trigger: every hour. Effect: popular films of TMDB are in the cache."""

from marquee.entry.reports import reported
from marquee.entry.steps import step
from marquee.services.reconcile import Nothing
from marquee.services.warm_films import WarmReport

from warm_films.wiring import wiring


@step(Nothing)
def lambda_handler(_: Nothing) -> WarmReport:
    report = reported(wiring.warm_films())
    wiring.metrics.flush()
    return report
