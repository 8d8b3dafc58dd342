"""What workers are told that they cost."""

from __future__ import annotations

import pytest

from infra.compute_price import fargate_dollars_per_hour, lambda_dollars_per_hour
from infra.worker import Worker

WORKER = Worker(
    lambda_memory_mib=2048,
    fargate_cpu_units=4096,
    fargate_memory_mib=8192,
    shard_concurrency=1,
    jobs_at_once=1,
    jobs_at_once_each=1,
    fargate_vcpu_quota=4,
)


def test_an_hour_costs_what_its_size_does() -> None:
    assert fargate_dollars_per_hour(WORKER) == pytest.approx(4 * 0.03238 + 8 * 0.00356)
    assert lambda_dollars_per_hour(WORKER) == pytest.approx(2 * 3600 * 0.0000133334, rel=1e-4)
