"""Trigger: the state machine, after any error. Effect: nothing half-made is left, the job says why."""

from marquee.domain.pipeline import FailedExecution
from marquee.entry.steps import step

from fail.wiring import wiring


@step(FailedExecution)
def lambda_handler(failed: FailedExecution) -> None:
    wiring.fail_job(failed)
