"""Trigger: the state machine, last. Effect: the version becomes current, the job is completed."""

from marquee.domain.pipeline import Execution
from marquee.entry.steps import step

from finish.wiring import wiring


@step(Execution)
def lambda_handler(execution: Execution) -> None:
    wiring.finish_job(execution)
