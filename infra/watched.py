"""What dashboards and alarms look at: the parts of one environment, by what CloudWatch calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.constructs.queue import QueueWithDeadLetters
from infra.environments import Environment


@dataclass(frozen=True)
class Watched:
    """`queues` by the name that operators know; `database`: the cluster's name, None where it is not ours."""

    environment: Environment
    queues: Mapping[str, QueueWithDeadLetters]
    machines: Mapping[str, str]  # ARN of a state machine by its name
    api_id: str
    distribution_id: str
    media_bucket: str
    database: str | None
    cache: str
