"""Functions that run when the stacks are deployed (CDK's `Trigger`): here, at each start, before anything serves.

CDK's own provider, which would call them, is no Python and is not run here; what it does is this.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from local.functions.service import LambdaService
from local.intrinsics import TemplateError
from local.model import Trigger
from local.resources import Resource

_WAITS, _DOES_NOT_WAIT, _ONLY_ASKS = "RequestResponse", "Event", "DryRun"

logger = logging.getLogger(__name__)


class TriggerError(Exception):
    """A function that must have run before anything serves has failed."""


def read_trigger(resource: Resource) -> Trigger:
    """Raises TemplateError for a way of calling that Lambda does not know."""
    kind = resource.properties.get("InvocationType", _WAITS)
    if kind not in {_WAITS, _DOES_NOT_WAIT, _ONLY_ASKS}:
        raise TemplateError(f"{resource.logical_id} calls its function by {kind}, which Lambda does not know")
    return Trigger(
        resource.logical_id, resource.properties["HandlerArn"], waits=kind == _WAITS, calls=kind != _ONLY_ASKS
    )


async def run_triggers(functions: LambdaService, triggers: Iterable[Trigger]) -> None:
    """One after the other, in the order of deployment. Raises TriggerError with what the function said."""
    for trigger in triggers:
        if not trigger.calls:
            continue
        if not trigger.waits:
            functions.invoke_event(trigger.function, b"{}")
            continue
        outcome = await functions.invoke(trigger.function, b"{}")
        if outcome.failed:
            said = outcome.payload.decode(errors="replace")
            raise TriggerError(f"{trigger.name} failed, so that nothing was started: {said}")
        logger.info("%s: %s", trigger.name, outcome.payload.decode(errors="replace"))
