"""What a run did, in its log."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel

from marquee.entry.logs import configured_logger

M = TypeVar("M", bound=BaseModel)


def reported(report: M) -> M:
    """Log every number of `report`, truth values as 0 and 1, and give it back. What alarms look at are measures
    (`domain.measures`); these are for whoever asks the log."""
    numbers = {name: float(value) for name, value in report if isinstance(value, int | float)}
    configured_logger().info("report", extra=numbers)
    return report
