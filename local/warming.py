"""Which functions have a process before they are called."""

from __future__ import annotations

import re

from local.model import System

_FUNCTION = re.compile(r"arn:aws:lambda:[\w-]+:\d+:function:[\w-]+(?::[\w-]+)?")


def warm_first(system: System) -> list[str]:
    """Functions that someone waits for, in the order in which a film needs them: API, queue, steps."""
    called = [route.function_arn for api in system.apis for route in api.routes]
    called += [source.function_arn for source in system.event_sources]
    for machine in system.state_machines:
        called += _FUNCTION.findall(machine.definition)
    return list(dict.fromkeys(called))
