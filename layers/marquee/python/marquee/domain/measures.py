"""What is measured, for dashboards and alarms: the only metrics of ours that CloudWatch is told (`NAMESPACE`).

Every one has the dimension `environment`, so that environments in one account are told apart, and those in `by`.
CloudWatch asks a price for each combination that is sent, so there are few, and of values that are known in
advance; what needs more detail is counted for `GET /metrics` (`domain.metrics`) or stands in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["Count", "Seconds", "None"]

NAMESPACE = "Marquee"
ENVIRONMENT = "environment"

logger = logging.getLogger("marquee.measures")
# Measures are told at every LOG_LEVEL: an alarm must not fall silent with the log.
logger.setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric. `by`: its dimensions besides `environment`, each with the values that it takes."""

    name: str
    unit: Unit
    says: str
    by: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def dimensions(self) -> tuple[str, ...]:
        return (ENVIRONMENT, *self.by)


_WORKER = {"worker": ("encode", "enrich", "whisper")}

JOBS_STARTED = Measure("JobsStarted", "Count", "Sources that arrived and whose job began.")
JOBS_COMPLETED = Measure("JobsCompleted", "Count", "Jobs that made all that was to be made.")
JOBS_FAILED = Measure(
    "JobsFailed",
    "Count",
    "Jobs that failed: `film` by their source, all others by a fault of ours.",
    {"fault": ("film", "timeout", "transient", "interrupted", "internal")},
)
FIRST_PLAYABLE_TIME = Measure("FirstPlayableTime", "Seconds", "From a source's arrival until its film can be watched.")
JOB_TIME = Measure("JobTime", "Seconds", "From a source's arrival until its job was completed.")
FILM_TIME = Measure("FilmTime", "Seconds", "How long the films are that were made; its sum is what was produced.")
ENCODE_COST = Measure("EncodeCost", "None", "US dollars that the encoders of a film cost, by the price file.")
COST_PER_MINUTE = Measure("CostPerMinute", "None", "The same for each minute of the film.")

JOBS_RUNNING = Measure("JobsRunning", "Count", "Jobs that run at this moment; told every minute.")
JOBS_WAITING = Measure(
    "JobsWaiting", "Count", "Jobs that wait for their source or their turn; told while there are any."
)
OLDEST_JOB_AGE = Measure("OldestJobAge", "Seconds", "For how long the oldest running job runs; told while any runs.")
JOBS_STUCK = Measure(
    "JobsStuck", "Count", "Jobs that run for six hours, or were begun again twice by themselves; told while any runs."
)

SHARD_SPEED = Measure(
    "ShardSpeed", "None", "Seconds of film that a shard encodes in a second.", {"runner": ("lambda", "fargate")}
)
ORDERS_DONE = Measure("OrdersDone", "Count", "Orders that a worker did.", _WORKER)
ORDERS_REFUSED = Measure("OrdersRefused", "Count", "Orders that cannot be done: the film's fault.", _WORKER)
ORDERS_INTERRUPTED = Measure("OrdersInterrupted", "Count", "Orders whose machine was taken away.", _WORKER)
ORDERS_FAILED = Measure("OrdersFailed", "Count", "Orders that failed for any other reason; tried again.", _WORKER)
TASKS_FAILED = Measure(
    "TasksFailed",
    "Count",
    "Tasks that only make a film richer, and failed.",
    {"task": ("images", "captions", "analysis")},
)

QUEUE_WAIT = Measure(
    "QueueWait",
    "Seconds",
    "How long the oldest message of a batch waited for the function that takes it.",
    {"service": ("ingest",)},
)
CACHE_HITS = Measure("CacheHits", "Count", "Lookups answered from the cache, or with what another just asked.")
CACHE_MISSES = Measure("CacheMisses", "Count", "Lookups that had to ask, or found nothing.")
BREAKER_STATE = Measure(
    "BreakerState", "None", "Told at each change: 0 closed, 1 half open, 2 open.", {"breaker": ("tmdb",)}
)
PROGRESS_FLUSH_LAG = Measure(
    "ProgressFlushLag", "Seconds", "How old the oldest report of a player was when it reached the database."
)
PROGRESS_WRITTEN = Measure("ProgressWritten", "Count", "Places in films that changed in the database.")

UPLOADS_CREATED = Measure("UploadsCreated", "Count", "Uploads that were begun.")
SESSIONS_OPENED = Measure("SessionsOpened", "Count", "Playback sessions that were opened.")
WEBHOOKS_DELIVERED = Measure("WebhooksDelivered", "Count", "Attempts at a webhook that were accepted.")
WEBHOOKS_FAILED = Measure("WebhooksFailed", "Count", "Attempts at a webhook that were not.")

MEASURES: tuple[Measure, ...] = tuple(found for found in list(globals().values()) if isinstance(found, Measure))


@dataclass(frozen=True, slots=True)
class Measured:
    """What one log record tells: values by measure, all of the same `dimensions`."""

    values: Mapping[Measure, float]
    dimensions: Mapping[str, str]


def measure(values: Mapping[Measure, float], **dimensions: str) -> None:
    """Tell `values`; `dimensions` names one value for each that the measures are told `by`.

    Costs a log line: no call, no wait. Raises ValueError for other dimensions than the measures'.
    """
    for each in values:
        if each.by.keys() != dimensions.keys():
            raise ValueError(f"{each.name} is told by {sorted(each.by)}, not {sorted(dimensions)}")
    logger.info("measured", extra={"measured": Measured(values, dimensions)})
