"""Trigger: the state machine, after probe. Effect: the whole work of the job is laid out in shards."""

from marquee.domain.pipeline import Execution, Planned
from marquee.entry.steps import step

from plan.wiring import wiring


@step(Execution)
def lambda_handler(execution: Execution) -> Planned:
    return wiring.plan_job(execution)
