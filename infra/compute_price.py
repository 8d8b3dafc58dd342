"""What an hour of an encoding worker costs, so that a film's cost is measured where it comes about.

US dollars, on demand, by the price file (`prices.toml`). On Spot a task costs less than is counted.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from infra.worker import Worker

PRICE_FILE = Path(__file__).with_name("prices.toml")


def _price_of(service: str, what: str) -> float:
    prices: dict[str, Any] = tomllib.loads(PRICE_FILE.read_text())
    return float(prices[service][what])


def lambda_dollars_per_hour(worker: Worker) -> float:
    """Of the function that encodes a film's head, while it runs."""
    return round(worker.lambda_memory_mib / 1024 * _price_of("lambda", "gib_second") * 3600, 6)


def fargate_dollars_per_hour(worker: Worker) -> float:
    """Of a task that encodes the rest."""
    cpus, memory_gib = worker.fargate_cpu_units / 1024, worker.fargate_memory_mib / 1024
    return round(cpus * _price_of("fargate", "vcpu_hour") + memory_gib * _price_of("fargate", "gib_hour"), 6)
