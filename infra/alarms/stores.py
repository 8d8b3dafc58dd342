"""Stores that come to their limits."""

from __future__ import annotations

from infra.constructs.alarms import Alarms
from infra.databases import ServerlessDatabase
from infra.metrics import of_cache, of_database
from infra.watched import Watched

BUSY_PERCENT = 85
CAPACITY_PERCENT = 95
FULL = 0.8


def add_store_alarms(alarms: Alarms, watched: Watched) -> None:
    if watched.database is not None:
        _add_database_alarms(alarms, watched, watched.database)
    alarms.add(
        "CacheThrottled",
        of_cache(watched, "ThrottledCmds", "Sum"),
        1,
        says="The cache refuses commands.",
        runbook="cache",
        early=True,
        periods=3,
    )
    alarms.add(
        "CacheFull",
        of_cache(watched, "BytesUsedForCache", "Maximum"),
        FULL * watched.environment.valkey.maximum_storage_gb * 1e9,
        says="The cache is nearly as full as it may be.",
        runbook="cache",
        early=True,
        periods=3,
    )


def _add_database_alarms(alarms: Alarms, watched: Watched, cluster: str) -> None:
    alarms.add(
        "DatabaseBusy",
        of_database(cluster, "CPUUtilization", "Average"),
        BUSY_PERCENT,
        says="The database has no processor to spare.",
        runbook="database",
        early=True,
        periods=3,
    )
    if isinstance(watched.environment.database, ServerlessDatabase):
        alarms.add(
            "DatabaseCapacity",
            of_database(cluster, "DCUUtilization", "Average"),
            CAPACITY_PERCENT,
            says="The database has grown as far as it may.",
            runbook="database",
            early=True,
            periods=3,
        )
