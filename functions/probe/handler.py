"""Trigger: the state machine, first. Effect: it is known what the source is, or why it is refused."""

from marquee.domain.pipeline import Execution, Probed
from marquee.entry.steps import step

from probe.wiring import wiring


@step(Execution)
def lambda_handler(execution: Execution) -> Probed:
    return wiring.probe_source(execution)
