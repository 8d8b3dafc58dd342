"""Answers that are late, wrong or not given."""

from __future__ import annotations

from aws_cdk import Duration
from marquee.domain import measures

from infra.constructs.alarms import LATCHED, Alarms
from infra.metrics import measured, of_api, of_aws, together
from infra.watched import Watched

ERRORS_PERCENT = 2
FEW_REQUESTS = 20
# The flush comes every minute; what it has missed five times is a backlog.
FLUSH_LAG_SECONDS = 300
THROTTLED_RUNS = 10
HALF_OPEN = 1


def add_serving_alarms(alarms: Alarms, watched: Watched) -> None:
    environment = watched.environment
    errors, count = of_api(watched, "5xx", "Sum"), of_api(watched, "Count", "Sum")
    alarms.add(
        "ApiErrors",
        together(f"IF(count >= {FEW_REQUESTS}, 100 * errors / count, 0)", "5xx, %", errors=errors, count=count),
        ERRORS_PERCENT,
        says="The API fails.",
        runbook="api",
        periods=2,
        of=3,
    )
    alarms.add(
        "ApiLatency",
        of_api(watched, "Latency", "p95"),
        environment.observability.answer_seconds * 1000,
        says="The API answers late.",
        runbook="api",
        early=True,
        periods=3,
    )
    alarms.add(
        "Throttles",
        of_aws("Lambda", "Throttles", "Sum", {}),  # of the whole account, which has one limit for all
        THROTTLED_RUNS,
        says="Functions are refused because too many run at once in this account.",
        runbook="throttling",
        early=True,
        periods=2,
    )
    alarms.add(
        "ProgressFlushLag",
        measured(measures.PROGRESS_FLUSH_LAG, environment, "Maximum"),
        FLUSH_LAG_SECONDS,
        says="Places in films reach the database late.",
        runbook="schedules",
        early=True,
    )
    for name in measures.BREAKER_STATE.by["breaker"]:
        alarms.add(
            f"{name.capitalize()}Breaker",
            # Told at changes alone. The least of a minute is that of its end, but where it opened again within it:
            # then the next try tells.
            measured(measures.BREAKER_STATE, environment, "Minimum", period=Duration.minutes(1), breaker=name),
            HALF_OPEN,
            says=f"{name.upper()} fails so often that it is not asked any more.",
            runbook="tmdb-outage",
            missing=LATCHED,
        )
