"""Write docs/configuration.md anew: `python -m tools.configuration`. What may be set, from the models that read it."""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tools.blocks import filled, table

ROOT = Path(__file__).resolve().parents[1]
PATH = ROOT / "docs" / "configuration.md"
_ROOTS = ("layers/marquee/python", "functions", "containers")
ABSENT = "–"


def written(text: str) -> str:
    """The document anew."""
    for root in _ROOTS:
        if (folder := str(ROOT / root)) not in sys.path:
            sys.path.insert(0, folder)
    return filled(text, {"environments": _environments(), "choices": _choices(), "variables": _variables()})


def _environments() -> str:
    """Every choice that has another value somewhere, with its value in each environment."""
    environments = import_module("infra.environments").ENVIRONMENTS
    told = {name: dict(_leaves(environment)) for name, environment in environments.items()}
    names = sorted({name for values in told.values() for name in values}, key=lambda name: _place(name, told["prod"]))
    rows = [(f"`{name}`", *(values.get(name, ABSENT) for values in told.values())) for name in names]
    return table(("choice", *told), [row for row in rows if len(set(row[1:])) > 1])


def _place(name: str, values: dict[str, str]) -> tuple[int, str]:
    """Groups in the order of the model, then by name."""
    groups = list(dict.fromkeys(known.partition(".")[0] for known in values))
    return groups.index(name.partition(".")[0]), name


def _leaves(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, str]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _shown(value)


def _choices() -> str:
    """Each group of choices: what it says of itself, and its fields."""
    parts = []
    for title, model in _groups(import_module("infra.environments").Environment, "Environment"):
        rows = [(f"`{name}`", _type(field), _default(field)) for name, field in model.model_fields.items()]
        said = _paragraphs(model.__doc__ or "")
        parts.append(f"### {title}\n\n{said}\n\n{table(('field', 'may be', 'unless said'), rows)}")
    return "\n\n".join(parts)


def _groups(model: type[BaseModel], title: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """The model and those that its fields hold, each once."""
    seen: set[type[BaseModel]] = set()

    def walk(model: type[BaseModel], title: str) -> Iterator[tuple[str, type[BaseModel]]]:
        if model in seen:
            return
        seen.add(model)
        yield title, model
        for name, field in model.model_fields.items():
            for inner in _models(field.annotation):
                yield from walk(inner, f"`{name}`: {inner.__name__}")

    return walk(model, title)


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _models(inner)


def _variables() -> str:
    """Models that several processes share, each with its variables; then the processes and what is theirs alone."""
    base = import_module("marquee.entry.settings").ProcessSettings
    processes = list(_processes(base))
    shared = {cls for _, model in processes for cls in model.__mro__[1:] if issubclass(cls, base)}
    parts = []
    for model in sorted(shared, key=lambda cls: (len(cls.__mro__), cls.__name__)):
        rows = [(f"`{name.upper()}`", _type(field), _default(field)) for name, field in _own(model)]
        also = ", ".join(f"`{parent.__name__}`" for parent in model.__bases__ if parent is not BaseModel)
        listed = [table(("variable", "may be", "unless given"), rows)] if rows else []
        said = [f"Also what `{also.strip('`')}` says."] if also else []
        parts.append("\n\n".join([f"### `{model.__name__}`", _paragraphs(model.__doc__ or ""), *said, *listed]))
    return "\n\n".join([*parts, "### Processes", table(("process", "is told", "and alone"), list(_rows(processes)))])


def _rows(processes: list[tuple[str, type[BaseModel]]]) -> Iterator[tuple[str, str, str]]:
    for name, model in processes:
        shared = ", ".join(f"`{parent.__name__}`" for parent in model.__bases__)
        own = "<br>".join(f"`{field.upper()}`: {_type(found)}{_unless(found)}" for field, found in _own(model))
        yield f"`{name}`", shared, own or ABSENT


def _unless(field: FieldInfo) -> str:
    default = ABSENT if field.is_required() else _default(field)
    return "" if default == ABSENT else f", {default} unless given"


def _own(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """Fields that this class itself says."""
    return ((name, field) for name, field in model.model_fields.items() if name in model.__annotations__)


def _processes(base: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for root in ("functions", "containers"):
        for folder in sorted((ROOT / root).iterdir()):
            if (folder / "settings.py").is_file():
                for model in _settings_in(import_module(f"{folder.name}.settings"), base):
                    yield folder.name, model


def _settings_in(module: types.ModuleType, base: type[BaseModel]) -> list[type[BaseModel]]:
    found = [v for v in vars(module).values() if isinstance(v, type) and issubclass(v, base)]
    return [cls for cls in found if cls.__module__ == module.__name__]


def _type(field: FieldInfo) -> str:
    """With its bounds, where it has both."""
    low, high = (
        next((getattr(rule, end) for rule in field.metadata if hasattr(rule, end)), None) for end in ("ge", "le")
    )
    span = f", {low:g} to {high:g}" if low is not None and high is not None else ""
    return _words(field.annotation) + span


def _words(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return " · ".join(f"`{value}`" if value != "" else "nothing" for value in arguments)
    if origin in (typing.Union, types.UnionType):
        return " or ".join("nothing" if inner is type(None) else _words(inner) for inner in arguments)
    if origin is typing.Annotated:
        return "JSON" if any(type(more).__name__ == "Json" for more in arguments[1:]) else _words(arguments[0])
    if origin is tuple:
        return f"several: {_words(arguments[0])}"
    if arguments:
        return "JSON"
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    return names.get(annotation, f"`{getattr(annotation, '__name__', annotation)}`")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "has to be said"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "as below" if isinstance(value, BaseModel) else _shown(value)


def _shown(value: object) -> str:
    if value is None or value in ((), ""):
        return ABSENT
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value)
    if isinstance(value, float):
        return f"{value:g}"
    return f"`{value}`" if isinstance(value, str) else str(value)


def _paragraphs(doc: str) -> str:
    """A docstring's paragraphs, each on one line."""
    return "\n\n".join(" ".join(part.split()) for part in doc.strip().split("\n\n"))


if __name__ == "__main__":
    PATH.write_text(written(PATH.read_text()))
