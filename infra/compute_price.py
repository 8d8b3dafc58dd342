"""What an hour of an encoding worker costs, so that a film's cost is measured where it comes about.

US dollars, us-east-1, on demand, arm64, as AWS listed them on 2026-11-21 (https://aws.amazon.com/lambda/pricing,
https://aws.amazon.com/fargate/pricing). On Spot a task costs less than is counted.
"""

from __future__ import annotations

from infra.environments import Worker

LAMBDA_GIB_SECOND = 0.0000133334
FARGATE_VCPU_HOUR = 0.03238
FARGATE_GIB_HOUR = 0.00356


def lambda_dollars_per_hour(worker: Worker) -> float:
    """Of the function that encodes a film's head, while it runs."""
    return round(worker.lambda_memory_mib / 1024 * LAMBDA_GIB_SECOND * 3600, 6)


def fargate_dollars_per_hour(worker: Worker) -> float:
    """Of a task that encodes the rest."""
    cpus, memory_gib = worker.fargate_cpu_units / 1024, worker.fargate_memory_mib / 1024
    return round(cpus * FARGATE_VCPU_HOUR + memory_gib * FARGATE_GIB_HOUR, 6)
