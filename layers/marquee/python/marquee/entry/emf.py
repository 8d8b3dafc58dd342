"""Numbers of one run as CloudWatch metrics: a log line in the embedded metric format costs no call and no wait."""

from __future__ import annotations

import time
from typing import TypeVar

from pydantic import BaseModel

from marquee.entry.logs import configured_logger

M = TypeVar("M", bound=BaseModel)


def emitted(namespace: str, report: M) -> M:
    """Log every number of `report` as a metric of this service, and give it back. Fields whose name ends in
    `seconds` are seconds, all others counts; truth values are counted, too."""
    numbers = {name: float(value) for name, value in report if isinstance(value, int | float)}
    metrics = [{"Name": name, "Unit": "Seconds" if name.endswith("seconds") else "Count"} for name in numbers]
    directive = {"Namespace": namespace, "Dimensions": [["service"]], "Metrics": metrics}
    described = {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [directive]}
    configured_logger().info("numbers", extra={"_aws": described, **numbers})
    return report
