"""Where viewers are in what they watch: the routes, and the flush behind them."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets

from infra.constructs.python_function import PythonFunction
from infra.functions.platform import ApiPlatform

FLUSH_EVERY = Duration.minutes(1)


def create_watching_functions(platform: ApiPlatform) -> dict[str, PythonFunction]:
    _create_flush(platform)
    minimum = platform.environment.watching.continue_minimum_seconds
    progress = platform.http_function(
        "progress",
        "Takes and shows where viewers are, and offers what to go on with",
        {"CONTINUE_MINIMUM_SECONDS": str(minimum)},
    )
    return {"progress": progress}


def _create_flush(platform: ApiPlatform) -> None:
    flush = PythonFunction(
        platform.scope,
        "FlushProgress",
        folder="flush_progress",
        description="Brings watch progress from Valkey to the database",
        platform=platform.functions,
        timeout=Duration.seconds(55),  # done before the next one starts
    )
    flush.use_database()
    flush.use_cache()
    scheduler.Schedule(
        platform.scope,
        "FlushProgressSchedule",
        description="Watch progress that only Valkey has",
        schedule=scheduler.ScheduleExpression.rate(FLUSH_EVERY),
        # the next one comes in a minute anyway
        target=targets.LambdaInvoke(flush.live, retry_attempts=0, max_event_age=FLUSH_EVERY),
    )
