"""What is done by the clock so that films of TMDB are near when asked for, and gone when they must be."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets

from infra.constructs.python_function import PythonFunction
from infra.functions.platform import ApiPlatform
from infra.functions.tmdb import let_ask_tmdb

WARM_EVERY = Duration.hours(1)
PURGE_EVERY = Duration.days(1)


def create_upkeep_functions(platform: ApiPlatform) -> None:
    """No route leads to them."""
    _create(platform, "warm_films", "Reads popular films of TMDB into the cache", WARM_EVERY)
    purge = _create(platform, "purge_tmdb", "Renews or removes what of TMDB is months old", PURGE_EVERY)
    purge.use_database()


def _create(platform: ApiPlatform, folder: str, description: str, every: Duration) -> PythonFunction:
    name = "".join(word.capitalize() for word in folder.split("_"))
    function = PythonFunction(
        platform.scope,
        name,
        folder=folder,
        description=description,
        platform=platform.functions,
        timeout=Duration.seconds(60),
    )
    function.use_cache()
    let_ask_tmdb(platform, function)
    scheduler.Schedule(
        platform.scope,
        f"{name}Schedule",
        description=description,
        schedule=scheduler.ScheduleExpression.rate(every),
        target=targets.LambdaInvoke(function.live, retry_attempts=2, max_event_age=Duration.minutes(30)),
    )
    return function
