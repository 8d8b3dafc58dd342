"""Trigger: the state machines, around a task that enriches a film. Effect: job and asset say how it is with it."""

from marquee.entry.steps import step
from marquee.services.record_enrichment import TaskEvent

from enrichment.wiring import wiring


@step(TaskEvent)
def lambda_handler(event: TaskEvent) -> None:
    wiring.record_enrichment(event)
