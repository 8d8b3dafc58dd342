"""Which functions have a process before they are called."""

from __future__ import annotations

from local.model import System


def warm_first(system: System) -> list[str]:
    """Functions that someone waits for, in the order in which a film needs them: API, queue, steps."""
    called = [route.function_arn for api in system.apis for route in api.routes]
    called += [source.function_arn for source in system.event_sources]
    for machine in system.state_machines:
        named = [f for f in system.functions.values() if f.arn in machine.definition]
        called += [f.arn for f in sorted(named, key=lambda f: machine.definition.index(f.arn))]
    return list(dict.fromkeys(called))
