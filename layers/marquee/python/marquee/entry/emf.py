"""Measures as CloudWatch metrics: a log line in the embedded metric format costs no call and no wait.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import time
from typing import Any

from marquee.domain.measures import ENVIRONMENT, NAMESPACE, Measured


def embedded(measured: Measured, environment: str) -> dict[str, Any]:
    """The fields of a log line that says `measured` in this environment. It has at least one value."""
    dimensions = {ENVIRONMENT: environment, **measured.dimensions}
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": each.name, "Unit": each.unit} for each in measured.values],
    }
    described = {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [directive]}
    return {"_aws": described, **dimensions, **{each.name: value for each, value in measured.values.items()}}
