"""A month of an environment: what stands there, what is made, what is kept, what is watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cli.costs.assembly import Assembly
from cli.costs.film import Workers, film_minute_lines, is_enriching, kept_minute_lines
from cli.costs.idle import idle_lines
from cli.costs.lines import Line, gathered, tiered, total
from cli.costs.others import at_mediaconvert, mux_lines
from cli.costs.prices import Assumptions, Prices
from cli.costs.viewer import DELIVERY, FREE_AT_THE_EDGE, account_line, viewer_hour_lines


@dataclass(frozen=True)
class Month:
    """`films` new ones of `hours` each; `viewers`, each of whom watches `watched_hours`; `library` older films."""

    films: int = 0
    hours: float = 1.5
    viewers: int = 0
    watched_hours: float = 1.5
    library: int = 0

    @property
    def made_minutes(self) -> float:
        return self.films * self.hours * 60

    @property
    def kept_minutes(self) -> float:
        return (self.films + self.library) * self.hours * 60

    @property
    def viewer_hours(self) -> float:
        return self.viewers * self.watched_hours


@dataclass(frozen=True)
class Estimate:
    """Dollars a month. `film_minute`, `kept_minute` and `viewer_hour` are of one each, `accounts` of all viewers."""

    month: Month
    idle: Sequence[Line]
    film_minute: Sequence[Line]
    kept_minute: Sequence[Line]
    viewer_hour: Sequence[Line]
    free_delivery: float
    accounts: Line
    mediaconvert: Line
    mux: Sequence[Line]

    @property
    def encoding_minute(self) -> float:
        """Dollars of a minute of film without what hears it and looks at it, as others encode it."""
        return total(line for line in self.film_minute if not is_enriching(line))

    @property
    def making(self) -> float:
        return total(self.film_minute) * self.month.made_minutes

    @property
    def keeping(self) -> float:
        return total(self.kept_minute) * self.month.kept_minutes

    @property
    def watching(self) -> float:
        return total(self.viewer_hour) * self.month.viewer_hours - self.free_delivery + self.accounts.dollars

    @property
    def dollars(self) -> float:
        return total(self.idle) + self.making + self.keeping + self.watching

    def document(self) -> dict[str, Any]:
        """For programs: the sums, and every line behind them."""
        return {
            "month": {
                "idle": round(total(self.idle), 2),
                "making": round(self.making, 2),
                "keeping": round(self.keeping, 2),
                "watching": round(self.watching, 2),
                "total": round(self.dollars, 2),
            },
            "idle_without_free_allowances": round(sum(line.listed for line in self.idle), 2),
            "film_minute": round(total(self.film_minute), 6),
            "encoding_minute": round(self.encoding_minute, 6),
            "kept_minute_month": round(total(self.kept_minute), 6),
            "viewer_hour": round(total(self.viewer_hour), 6),
            "others": {
                "mediaconvert_film_minute": round(self.mediaconvert.price, 6),
                "mediaconvert_making": round(self.mediaconvert.dollars, 2),
                "mux_month": round(total(self.mux), 2),
            },
            "lines": {
                "idle": [_written(line) for line in self.idle],
                "film_minute": [_written(line) for line in self.film_minute],
                "kept_minute_month": [_written(line) for line in self.kept_minute],
                "viewer_hour": [_written(line) for line in self.viewer_hour],
                "mux_month": [_written(line) for line in self.mux],
                "accounts_month": [_written(self.accounts)],
            },
        }


def estimate(assembly: Assembly, prices: Prices, assumed: Assumptions, month: Month) -> Estimate:
    """Raises Unpriced for what the price file does not know."""
    hours = month.viewer_hours or 1.0
    watching = gathered(viewer_hour_lines(assembly, prices, assumed, hours))
    return Estimate(
        month=month,
        idle=idle_lines(assembly, prices, assumed),
        film_minute=gathered(film_minute_lines(Workers.of(assembly), prices, assumed, max(1.0, month.hours * 60))),
        kept_minute=gathered(kept_minute_lines(prices, assumed)),
        viewer_hour=watching,
        free_delivery=_free_delivery(watching, prices, month),
        accounts=account_line(prices, month.viewers),
        mediaconvert=at_mediaconvert(prices, assumed, month.made_minutes),
        mux=gathered(mux_lines(prices, month.made_minutes, month.kept_minutes, month.viewer_hours * 60)),
    )


def _free_delivery(watching: Sequence[Line], prices: Prices, month: Month) -> float:
    """Dollars of what CloudFront does for nothing each month; what it gives of deliveries are the dearest of them."""
    dollars = 0.0
    for line in watching:
        if line.service == "CloudFront":
            free = min(line.quantity * month.viewer_hours, prices.of("cloudfront", FREE_AT_THE_EDGE[line.what]))
            delivered = line.what == DELIVERY
            dollars += tiered(free, prices.tiers("cloudfront", "gb")) if delivered else free * line.price
    return dollars


def _written(line: Line) -> dict[str, Any]:
    shown = replace(line, quantity=round(line.quantity, 6))
    return {
        "service": shown.service,
        "what": shown.what,
        "quantity": shown.quantity,
        "unit": shown.unit,
        "price": shown.price,
        "free": shown.free,
        "dollars": round(line.dollars, 6),
    }
