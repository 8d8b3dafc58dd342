"""The price file and the assumptions, as numbers by name."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INFRA = Path(__file__).resolve().parents[2] / "infra"
PRICE_FILE = INFRA / "prices.toml"
ASSUMPTION_FILE = INFRA / "assumptions.toml"


class Unpriced(Exception):
    """Something has no price here, so that a sum without it would be a lie."""


@dataclass(frozen=True)
class Prices:
    """`date`: when the prices were compared with their sources; dollars in `region`."""

    date: str
    region: str
    hours_a_month: float
    tables: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, file: Path = PRICE_FILE) -> Prices:
        """Raises Unpriced for a section without a source."""
        content = tomllib.loads(file.read_text())
        tables = {name: table for name, table in content.items() if isinstance(table, dict)}
        for name, table in tables.items():
            if not table.get("source"):
                raise Unpriced(f"{name} has prices without a source")
        return cls(content["date"], content["region"], float(content["hours_a_month"]), tables)

    def of(self, service: str, what: str, kind: str | None = None) -> float:
        """Dollars, or a free quantity. `kind`: of a price by kinds (`db.r8g.large`). Raises Unpriced."""
        found: Any = self.tables.get(service, {}).get(what)
        if kind is not None and isinstance(found, dict):
            found = found.get(kind)
        if not isinstance(found, int | float):
            raise Unpriced(f"the price file has no {service}.{what}" + (f" of {kind}" if kind else ""))
        return float(found)

    def by_the_hour(self, service: str, what: str, kind: str | None = None) -> float:
        """Dollars a month of something that is there all the time. Raises Unpriced."""
        return self.of(service, what, kind) * self.hours_a_month

    def tiers(self, service: str, what: str) -> list[tuple[float, float]]:
        """`(up to so many, dollars each)`; the last has no end."""
        table = self.tables[service]
        return [*((float(end), float(price)) for end, price in table[what]), (float("inf"), table[f"{what}_beyond"])]

    @property
    def sources(self) -> Mapping[str, str]:
        return {name: str(table["source"]) for name, table in self.tables.items()}


@dataclass(frozen=True)
class Assumptions:
    """Numbers by name; `ladder_mbit` has one for each rendition."""

    values: Mapping[str, float]
    ladder_mbit: tuple[float, ...]

    @classmethod
    def read(cls, given: Iterable[str] = (), file: Path = ASSUMPTION_FILE) -> Assumptions:
        """`given`: `name=value`, in the place of the file's. Raises ValueError for what is no such thing."""
        content: dict[str, Any] = tomllib.loads(file.read_text())
        ladder = tuple(float(rate) for rate in content.pop("ladder_mbit"))
        values = {name: float(value) for name, value in content.items()}
        for pair in given:
            name, _, value = pair.partition("=")
            if name not in values:
                raise ValueError(f"{name!r} is no assumption: there are {', '.join(sorted(values))}")
            values[name] = float(value)
            if not 0 < values[name] < math.inf:
                raise ValueError(f"{pair} cannot be reckoned with: it must be above zero")
        return cls(values, ladder)

    def __getitem__(self, name: str) -> float:
        return self.values[name]
