"""State machines as they are run: states, branches, maps, and where failures go."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tools.architecture.mermaid import Flowchart
from tools.architecture.templates import Resource, Templates
from tools.architecture.words import title

State = Mapping[str, Any]

_SHAPES = {"Choice": "choice", "Succeed": "end", "Fail": "end", "Pass": "round", "Wait": "round"}


def machine(templates: Templates, name: str) -> str:
    """The machine whose construct has this name. Dotted: after a failure."""
    (found,) = (m for m in templates.of("AWS::StepFunctions::StateMachine") if m.path == name)
    chart = Flowchart("TD")
    _draw(chart, templates, found, json.loads(_text(found)), "")
    return str(chart)


def _draw(chart: Flowchart, templates: Templates, found: Resource, definition: State, inside: str) -> None:
    states: Mapping[str, State] = definition["States"]
    shown = {name: state for name, state in states.items() if not _silent(state)}
    for name, state in shown.items():
        parts = [*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]
        if not parts:
            chart.node(f"{inside}{name}", _label(templates, found, name, state), _SHAPES.get(state["Type"], "box"))
            continue
        chart.open(f"{inside}{name}", f"{name}{_times(state)}")
        for part in parts:
            _draw(chart, templates, found, part, f"{inside}{name}/")
        chart.close()
    for name, state in shown.items():
        for other, label, failed in _next(state):
            while _silent(states[other]):
                other = states[other]["Next"]
            chart.edge(f"{inside}{name}", f"{inside}{other}", label, dotted=failed)


def _silent(state: State) -> bool:
    """A state that only writes something down on the way."""
    return state["Type"] == "Pass" and "Next" in state


def _next(state: State) -> Iterator[tuple[str, str, bool]]:
    """Where a state leads to: the other's name, what is said of it, and whether it is for failures."""
    if "Next" in state:
        yield state["Next"], "", False
    for choice in state.get("Choices", ()):
        yield choice["Next"], "", False
    if "Default" in state:
        yield state["Default"], "else", False
    for catch in state.get("Catch", ()):
        errors = ", ".join(catch["ErrorEquals"])
        yield catch["Next"], "" if errors == "States.ALL" else errors, True


def _times(state: State) -> str:
    if state["Type"] != "Map":
        return ""
    most = state.get("MaxConcurrency")
    return f", for each, {most} at once" if most else ", for each"


def _label(templates: Templates, found: Resource, name: str, state: State) -> str:
    """With the function that does it, or that it is a task of a cluster."""
    if state["Type"] != "Task":
        return name
    if "ecs:" in state["Resource"]:
        return f"{name}<br>Fargate task"
    given = json.dumps(state.get("Parameters", {}))
    called = [f for f in templates.of("AWS::Lambda::Function") if _calls(templates, found, given, f)]
    return f"{name}<br>{title(called[0])}" if called else name


def _calls(templates: Templates, found: Resource, given: str, function: Resource) -> bool:
    """Whether the text of a state's parameters names a function, an alias or a version of it."""
    names = [
        r.logical_id
        for r in templates.of("AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::Lambda::Function")
        if r.stack == found.stack and templates.whole(r) == function
    ]
    return any(f"<{name}>" in given for name in names)


def _text(machine: Resource) -> str:
    """The definition, each reference as `<logical id>`."""
    return _plain(machine.properties["DefinitionString"])


def _plain(value: object) -> str:
    match value:
        case str():
            return value
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(_plain(part) for part in parts)
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return f"<{name}>"
        case _:
            return "<elsewhere>"
