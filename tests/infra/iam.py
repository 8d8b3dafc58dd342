"""Whether IAM lets a call through: as much of its rules as our templates use, and an error for everything else.

A call is allowed when a statement of the caller's policies or of the thing's own policy allows it, and none of either
denies it. Both count alike, as they do within one account. An operator or a key that is not known here is an error:
taken for true or for false it would make a table of rights say what nobody has checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Statement = Mapping[str, Any]
Verdict = Literal["allow", "deny", "nothing"]


class UnknownRule(Exception):
    """A policy says something that this evaluator does not understand."""


@dataclass(frozen=True)
class Call:
    """`resource`: an ARN. `context`: the request's keys, as IAM calls them."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def allows(identity: Iterable[Statement], call: Call, *, resource: Iterable[Statement] = (), who: str = "") -> bool:
    """`identity`: what the caller's policies say. `resource`: the thing's own, of which `who` (an ARN, or a service's
    name) is the principal that is asked about."""
    verdicts = [judge(statement, call) for statement in identity]
    verdicts += [judge(statement, call) for statement in resource if concerns(statement["Principal"], who)]
    return "deny" not in verdicts and "allow" in verdicts


def judge(statement: Statement, call: Call) -> Verdict:
    """What one statement says about a call."""
    unknown = set(statement) - {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}
    if unknown:
        raise UnknownRule(f"{', '.join(sorted(unknown))} in {statement}")
    if not any(fits(pattern, call.action, ignore_case=True) for pattern in listed(statement["Action"])):
        return "nothing"
    if not any(fits(pattern, call.resource) for pattern in listed(statement["Resource"])):
        return "nothing"
    if not holds(statement.get("Condition", {}), call.context):
        return "nothing"
    return "deny" if statement["Effect"] == "Deny" else "allow"


def concerns(principal: Any, who: str) -> bool:
    """Whether a principal element names the caller. An account's root stands for what its own policies allow: nothing
    by itself, where the caller's policies are asked as well."""
    if principal == "*":
        return True
    named = [name for names in principal.values() for name in listed(names)]
    return "*" in named or who in named


def holds(condition: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    """All operators, for all keys; a key that the request lacks fits none."""
    context = {key.lower(): value for key, value in context.items()}
    return all(
        key.lower() in context and compare(operator, context[key.lower()], listed(values))
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def compare(operator: str, value: str, wanted: Sequence[str]) -> bool:
    match operator:
        case "StringEquals" | "ArnEquals" | "Bool":
            return value in [str(text) for text in wanted]
        case "StringLike" | "ArnLike":
            return any(fits(pattern, value) for pattern in wanted)
        case "NumericLessThan":
            return any(float(value) < float(limit) for limit in wanted)
        case _:
            raise UnknownRule(f"the operator {operator}")


def fits(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """`*` any text, `?` one sign."""
    expression = "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in pattern)
    return re.fullmatch(expression, text, re.IGNORECASE | re.DOTALL if ignore_case else re.DOTALL) is not None


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
