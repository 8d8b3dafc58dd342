"""Messages that nobody takes."""

from __future__ import annotations

from infra.constructs.alarms import Alarms
from infra.metrics import FIVE_MINUTES
from infra.watched import Watched


def add_queue_alarms(alarms: Alarms, watched: Watched) -> None:
    for name, queue in watched.queues.items():
        alarms.add(
            f"{name.capitalize()}DeadLetters",
            queue.dead_letters.metric_approximate_number_of_messages_visible(statistic="Maximum", period=FIVE_MINUTES),
            1,
            says=f"A message of the queue {name} failed as often as it may.",
            runbook="dead-letter-queue",
        )
        alarms.add(
            f"{name.capitalize()}Backlog",
            queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=FIVE_MINUTES),
            watched.environment.observability.queue_wait_seconds,
            says=f"Messages of the queue {name} wait for long.",
            runbook="backlog",
        )
