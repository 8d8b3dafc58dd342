"""CloudWatch Logs Insights over log lines: as much of its language as finding lines takes.

`fields`, `filter` (`=`, `!=`, `<` …, `like`, `in`, `ispresent`, with `and`, `or`, `not`, brackets), `sort`, `limit`.
Whatever else is asked is refused, never left out.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Line = Mapping[str, Any]
Test = Callable[[Line], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | /(?P<regex>(?:[^/\\]|\\.)+)/
      | (?P<sign><=|>=|!=|[=<>()\[\],])
      | (?P<number>-?\d+(?:\.\d+)?)(?![\w.])
      | `(?P<quoted>[^`]+)`
      | (?P<name>[@\w.]+)
    )""",
    re.VERBOSE,
)
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
DEFAULT_FIELDS = ("@timestamp", "@message")
MOST_LINES = 10_000
DEFAULT_LIMIT = 1000


class QueryError(Exception):
    """The query cannot be read; the text says where."""


@dataclass(frozen=True)
class Query:
    fields: tuple[str, ...]
    tests: tuple[Test, ...]
    sort: str
    descending: bool
    limit: int

    def run(self, lines: Sequence[Line]) -> list[dict[str, str]]:
        """The fields of the lines that fit; one that a line has not is left out of it."""
        found = [line for line in lines if all(test(line) for test in self.tests)]
        found.sort(key=lambda line: str(line.get(self.sort, "")), reverse=self.descending)
        return [{name: _said(line[name]) for name in self.fields if name in line} for line in found[: self.limit]]


def parse_query(text: str) -> Query:
    """Raises QueryError."""
    fields: list[str] = []
    tests: list[Test] = []
    sort, descending, limit = "@timestamp", True, DEFAULT_LIMIT
    for command in _commands(text):
        tokens = _Tokens(command)
        word = tokens.take("name")
        if word in {"fields", "display"}:
            fields += tokens.names()
        elif word == "filter":
            tests.append(_either(tokens))
        elif word == "sort":
            sort = tokens.take("name")
            descending = (tokens.word() or "desc") != "asc"
        elif word == "limit":
            limit = min(MOST_LINES, int(tokens.take("number")))
        else:
            raise QueryError(f"{word!r} is not understood here")
        tokens.end()
    return Query(tuple(dict.fromkeys(fields)) or DEFAULT_FIELDS, tuple(tests), sort, descending, limit)


def _commands(text: str) -> list[str]:
    """Split at bars that stand in no text."""
    bare = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    parts = re.findall(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|/(?:[^/\\\s]|\\.)+/|[^|"'/]|/)+""", bare)
    return [part.strip() for part in parts if part.strip()]


class _Tokens:
    """Words of one command, one after the other."""

    def __init__(self, text: str) -> None:
        self._all: list[tuple[str, str]] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise QueryError(f"not understood: {text[position:].strip()[:40]!r}")
            self._all.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()

    def word(self, *wanted: str) -> str | None:
        """The next word or sign, when it is one of `wanted` (none: whatever name it is)."""
        if self._all and self._all[0][0] in {"name", "sign"}:
            value = self._all[0][1].lower()
            if value in wanted or (not wanted and self._all[0][0] == "name"):
                self._all.pop(0)
                return value
        return None

    def take(self, kind: str) -> str:
        if not self._all or (self._all[0][0] != kind and (kind, self._all[0][0]) != ("name", "quoted")):
            raise QueryError(f"a {kind} is missing" + (f" before {self._all[0][1]!r}" if self._all else ""))
        return self._all.pop(0)[1]

    def expect(self, sign: str) -> None:
        if self.word(sign) is None:
            raise QueryError(f"{sign!r} is missing")

    def names(self) -> list[str]:
        found = [self.take("name")]
        while self.word(","):
            found.append(self.take("name"))
        return found

    def value(self) -> str | float:
        kind = self._all[0][0] if self._all else "text"
        if kind == "number":
            return float(self.take(kind))
        text = self.take("text")
        return re.sub(r"\\(.)", r"\1", text[1:-1])

    def pattern(self) -> re.Pattern[str]:
        if self._all and self._all[0][0] == "regex":
            return re.compile(self.take("regex"))
        return re.compile(re.escape(str(self.value())))

    def end(self) -> None:
        if self._all:
            raise QueryError(f"not understood: {self._all[0][1]!r}")


def _either(tokens: _Tokens) -> Test:
    parts = [_all_of(tokens)]
    while tokens.word("or"):
        parts.append(_all_of(tokens))
    return lambda line: any(part(line) for part in parts)


def _all_of(tokens: _Tokens) -> Test:
    parts = [_one(tokens)]
    while tokens.word("and"):
        parts.append(_one(tokens))
    return lambda line: all(part(line) for part in parts)


def _one(tokens: _Tokens) -> Test:
    if tokens.word("not"):
        inner = _one(tokens)
        return lambda line: not inner(line)
    if tokens.word("("):
        inner = _either(tokens)
        tokens.expect(")")
        return inner
    if tokens.word("ispresent"):
        tokens.expect("(")
        name = tokens.take("name")
        tokens.expect(")")
        return lambda line: name in line
    return _comparison(tokens.take("name"), tokens)


def _comparison(name: str, tokens: _Tokens) -> Test:
    if tokens.word("like"):
        pattern = tokens.pattern()
        return lambda line: name in line and pattern.search(_said(line[name])) is not None
    if tokens.word("in"):
        tokens.expect("[")
        values = [tokens.value()]
        while tokens.word(","):
            values.append(tokens.value())
        tokens.expect("]")
        return lambda line: any(_equal(line.get(name), value) for value in values)
    sign = tokens.word("=", "!=", *_COMPARED)
    if sign is None:
        raise QueryError(f"what {name!r} is compared with is missing")
    wanted = tokens.value()
    if sign in _COMPARED:
        return lambda line: _is_number(line.get(name)) and _COMPARED[sign](float(line[name]), float(wanted))
    return lambda line: _equal(line.get(name), wanted) == (sign == "=")


def _equal(found: object, wanted: str | float) -> bool:
    if isinstance(wanted, float):
        return _is_number(found) and float(str(found)) == wanted
    return found is not None and _said(found) == wanted


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _said(value: object) -> str:
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
