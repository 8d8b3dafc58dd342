"""CloudFront's policies: which addresses, until when, from where."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LARGEST_BYTES = 2048
_CONDITIONS = {"DateLessThan": "AWS:EpochTime", "DateGreaterThan": "AWS:EpochTime", "IpAddress": "AWS:SourceIp"}


class MalformedPolicyError(ValueError):
    """No policy that CloudFront would read, or one that could be read in two ways."""


@dataclass(frozen=True)
class Policy:
    """One statement. `before` and `after` in seconds of Unix time."""

    resource: re.Pattern[str]
    before: int
    after: int | None
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None

    def allows(self, url: str, address: str, now: int) -> bool:
        return (
            now < self.before
            and (self.after is None or now > self.after)
            and (self.network is None or ipaddress.ip_address(address) in self.network)
            and self.resource.fullmatch(url) is not None
        )


def canned_text(resource: str, expires: int) -> bytes:
    """The policy that a signature without one is over."""
    statement = {"Resource": resource, "Condition": {"DateLessThan": {"AWS:EpochTime": expires}}}
    return json.dumps({"Statement": [statement]}, separators=(",", ":"), ensure_ascii=False).encode()


def read_policy(text: bytes) -> Policy:
    """Raises MalformedPolicyError."""
    if len(text) > _LARGEST_BYTES:
        raise MalformedPolicyError("too large")
    try:
        policy = json.loads(text, object_pairs_hook=_once)
        (statement,) = _only(policy, {"Statement"})["Statement"]
        conditions = _only(statement, {"Resource", "Condition"})["Condition"]
        values = {name: _only(given, {_CONDITIONS[name]})[_CONDITIONS[name]] for name, given in conditions.items()}
        after = values.get("DateGreaterThan")
        address = values.get("IpAddress")
        return Policy(
            resource=_pattern(statement.get("Resource", "*")),
            before=_moment(values["DateLessThan"]),
            after=None if after is None else _moment(after),
            network=None if address is None else ipaddress.ip_network(address),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise MalformedPolicyError(str(error)) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise MalformedPolicyError("a name twice")
    return dict(pairs)


def _only(value: Mapping[str, Any], names: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not set(value) <= names:
        raise MalformedPolicyError("something that is not known")
    return value


def _moment(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise MalformedPolicyError("a moment is a number")
    return value


def _pattern(resource: object) -> re.Pattern[str]:
    """`*` stands for any characters, slashes and the query too; `?` for one."""
    if not isinstance(resource, str):
        raise MalformedPolicyError("a resource is text")
    if resource.startswith("http*://"):
        # the one wildcard before the host
        return re.compile("https?" + _translated(resource.removeprefix("http*")), re.DOTALL)
    return re.compile(_translated(resource), re.DOTALL)


def _translated(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
