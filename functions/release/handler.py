"""Trigger: the state machine, when the film is packaged and no verdict is waited for. Effect: it is current."""

from marquee.domain.pipeline import Execution
from marquee.entry.steps import step

from release.wiring import wiring


@step(Execution)
def lambda_handler(execution: Execution) -> None:
    wiring.release_asset(execution)
