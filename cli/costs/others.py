"""The same films and viewers elsewhere, by the list prices of others."""

from __future__ import annotations

from cli.costs.lines import Line
from cli.costs.prices import Assumptions, Prices

HD_LINES = 720
LADDER_LINES = (1080, 720, 480, 360)


def mediaconvert_minute(prices: Prices) -> float:
    """Dollars of a minute of film in our four renditions; storing and delivering it is as it is for us."""
    kinds = ["hd_minute" if lines >= HD_LINES else "sd_minute" for lines in LADDER_LINES]
    return sum(prices.of("mediaconvert", kind) for kind in kinds)


def mux_lines(prices: Prices, made_minutes: float, kept_minutes: float, watched_minutes: float) -> list[Line]:
    """A month at Mux, which encodes, keeps and delivers."""
    free = prices.of("mux", "free_delivered_minutes")
    return [
        Line("Mux", "input", made_minutes, "minutes", prices.of("mux", "input_minute")),
        Line("Mux", "kept", kept_minutes, "minutes", prices.of("mux", "stored_minute_month")),
        Line("Mux", "delivered", watched_minutes, "minutes", prices.of("mux", "delivered_minute"), free),
    ]


def at_mediaconvert(prices: Prices, assumed: Assumptions, made_minutes: float) -> Line:
    """Only the encoding. `assumed` has as many renditions as are asked for there."""
    if len(assumed.ladder_mbit) != len(LADDER_LINES):
        raise ValueError("the ladder is not the one that is priced at MediaConvert")
    return Line("MediaConvert", "encoding", made_minutes, "minutes", mediaconvert_minute(prices))
