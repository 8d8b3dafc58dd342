"""Trigger: every minute, and when the cloud starts. Effect: what was lost or forgotten runs again."""

from marquee.entry.steps import step
from marquee.services.reconcile import Nothing, Report

from reconcile.wiring import wiring


@step(Nothing)
def lambda_handler(_: Nothing) -> Report:
    return wiring.reconcile()
