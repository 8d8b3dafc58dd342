"""CloudFormation's intrinsic functions, evaluated on one template.

What a resource's `Ref` and attributes are is not known here: the caller passes `ref` and `get_att`.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_SUB = re.compile(r"\$\{(!?)([^}]*)\}")


class TemplateError(Exception):
    """The template says something this evaluator does not understand, or that is not there."""


class _NoValue:
    """AWS::NoValue: takes its key, or its place in a list, away."""


_NO_VALUE = _NoValue()


@dataclass(frozen=True)
class Evaluator:
    """Resolves values of one template.

    `ref(name)` answers for pseudo parameters, parameters and resources; `get_att(resource, attribute)` for
    attributes; `import_value(name)` for other stacks' exports; `stack_output(stack, name)` for their outputs.
    """

    ref: Callable[[str], Any]
    get_att: Callable[[str, str], Any]
    import_value: Callable[[str], Any]
    stack_output: Callable[[str, str], Any]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    zones: Callable[[str], list[str]]

    def resolve(self, value: Any) -> Any:
        """The value with every intrinsic function in it replaced by its result."""
        if isinstance(value, list):
            items = (self.resolve(item) for item in value)
            return [item for item in items if item is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            function = _FUNCTIONS.get(name)
            if function is not None:
                return function(self, argument)
            if name.startswith("Fn::"):
                raise TemplateError(f"the intrinsic function {name} is not known")
        pairs = ((key, self.resolve(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not _NO_VALUE}

    def condition(self, name: str) -> bool:
        """Whether a named condition holds."""
        if name not in self.conditions:
            raise TemplateError(f"the condition {name} is not defined")
        return _truth(self.resolve(self.conditions[name]))


def _truth(value: Any) -> bool:
    return value is True or value == "true"


def _ref(evaluator: Evaluator, name: str) -> Any:
    return _NO_VALUE if name == "AWS::NoValue" else evaluator.ref(name)


def _get_att(evaluator: Evaluator, argument: Any) -> Any:
    resource, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
    return evaluator.get_att(resource, evaluator.resolve(attribute))


def _sub(evaluator: Evaluator, argument: Any) -> str:
    text, given = (argument, {}) if isinstance(argument, str) else argument
    variables = evaluator.resolve(given)

    def replace(match: re.Match[str]) -> str:
        literal, name = match[1], match[2].strip()
        if literal:
            return "${" + name + "}"
        if name in variables:
            return _text(variables[name])
        return _text(_get_att(evaluator, name) if "." in name else evaluator.ref(name))

    return _SUB.sub(replace, text)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _join(evaluator: Evaluator, argument: Any) -> str:
    delimiter, items = argument
    return str(delimiter).join(_text(item) for item in evaluator.resolve(items))


def _select(evaluator: Evaluator, argument: Any) -> Any:
    index, items = (evaluator.resolve(part) for part in argument)
    try:
        return items[int(index)]
    except (IndexError, ValueError) as error:
        raise TemplateError(f"Fn::Select {index} of {items!r}") from error


def _split(evaluator: Evaluator, argument: Any) -> list[str]:
    delimiter, text = argument
    return str(evaluator.resolve(text)).split(delimiter)


def _if(evaluator: Evaluator, argument: Any) -> Any:
    name, then, otherwise = argument
    chosen = then if evaluator.condition(name) else otherwise
    resolved = evaluator.resolve([chosen])
    return resolved[0] if resolved else _NO_VALUE


def _find_in_map(evaluator: Evaluator, argument: Any) -> Any:
    table, first, second, *options = (evaluator.resolve(part) for part in argument)
    try:
        return evaluator.mappings[table][first][second]
    except KeyError as error:
        if options and "DefaultValue" in options[0]:
            return options[0]["DefaultValue"]
        raise TemplateError(f"the mapping {table} has no {first}.{second}") from error


def _cidr(evaluator: Evaluator, argument: Any) -> list[str]:
    block, count, *bits = (evaluator.resolve(part) for part in argument)
    network = ipaddress.ip_network(block)
    prefix = network.max_prefixlen - int(bits[0] if bits else 8)
    subnets = network.subnets(new_prefix=prefix)
    return [str(subnet) for _, subnet in zip(range(int(count)), subnets, strict=False)]


def _get_stack_output(evaluator: Evaluator, argument: Any) -> Any:
    wanted = evaluator.resolve(argument)
    return evaluator.stack_output(wanted["StackName"], wanted["OutputName"])


def _equals(evaluator: Evaluator, argument: Any) -> bool:
    left, right = (_text(evaluator.resolve(part)) for part in argument)
    return left == right


def _base64(evaluator: Evaluator, argument: Any) -> str:
    return base64.b64encode(str(evaluator.resolve(argument)).encode()).decode()


_FUNCTIONS: Mapping[str, Callable[[Evaluator, Any], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::Cidr": _cidr,
    "Fn::Base64": _base64,
    "Fn::ImportValue": lambda evaluator, name: evaluator.import_value(evaluator.resolve(name)),
    "Fn::GetStackOutput": _get_stack_output,
    "Fn::GetAZs": lambda evaluator, region: evaluator.zones(evaluator.resolve(region)),
    "Fn::Equals": _equals,
    "Fn::And": lambda evaluator, parts: all(_truth(evaluator.resolve(part)) for part in parts),
    "Fn::Or": lambda evaluator, parts: any(_truth(evaluator.resolve(part)) for part in parts),
    "Fn::Not": lambda evaluator, parts: not _truth(evaluator.resolve(parts[0])),
    "Condition": lambda evaluator, name: (
        evaluator.condition(name) if isinstance(name, str) else {"Condition": evaluator.resolve(name)}
    ),
}
