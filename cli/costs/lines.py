"""Lines of an estimate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Line:
    """`quantity` of `unit`, at `price` dollars each; `free` of it costs nothing."""

    service: str
    what: str
    quantity: float
    unit: str
    price: float
    free: float = 0.0

    @property
    def dollars(self) -> float:
        return max(0.0, self.quantity - self.free) * self.price

    @property
    def listed(self) -> float:
        """Without what is free of charge."""
        return self.quantity * self.price


def gathered(lines: Iterable[Line]) -> list[Line]:
    """One line for each thing, however many resources it is of; the dearest first."""
    found: dict[tuple[str, str, str, float], Line] = {}
    for line in lines:
        key = (line.service, line.what, line.unit, line.price)
        before = found.get(key)
        found[key] = replace(line, quantity=line.quantity + before.quantity) if before else line
    return sorted(found.values(), key=lambda line: (-line.dollars, line.service, line.what))


def total(lines: Iterable[Line]) -> float:
    return sum(line.dollars for line in lines)


def tiered(quantity: float, tiers: Iterable[tuple[float, float]]) -> float:
    """Dollars of a quantity whose price falls as it grows: `tiers` as `(up to so many, dollars each)`."""
    dollars = begun = 0.0
    for end, price in tiers:
        dollars += max(0.0, min(quantity, end) - begun) * price
        begun = end
    return dollars
