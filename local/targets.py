"""Who calls whom: what would fail at its first call is told at the start."""

from __future__ import annotations

from local import model
from local.intrinsics import TemplateError
from local.late import is_late


def check_targets(system: model.System) -> None:
    """What would fail at its first call is told at the start."""
    for function in system.functions.values():
        for name, value in function.environment.items():
            if is_late(value):
                raise TemplateError(f"{name} of {function.name} is a custom resource's answer, which is too late here")
    known = {function.arn for function in system.functions.values()}
    known |= {f"{system.functions[alias.function].arn}:{alias.name}" for alias in system.function_aliases}
    called = {
        **{f"the route {route.key}": route.function_arn for api in system.apis for route in api.routes},
        **{f"the mapping of {source.queue_arn}": source.function_arn for source in system.event_sources},
        **{f"the schedule {schedule.name}": schedule.function_arn for schedule in system.schedules},
        **{f"the custom resource {custom.id}": custom.function_arn for custom in system.custom_resources},
    }
    for caller, target in called.items():
        if target not in known:
            raise TemplateError(f"{caller} calls {target}, which is not a function of this app")
    queues = {queue.arn for queue in system.queues}
    for source in system.event_sources:
        if source.queue_arn not in queues:
            raise TemplateError(f"{source.queue_arn} feeds a function, and is not a queue of this app")
