"""Whether the service is well: alarms, answers, queues, functions, stores."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from marquee.domain import measures

from infra.dashboards.widgets import HEIGHT, Row, graph
from infra.metrics import every_function, measured, of_api, of_cache, of_database, of_edge, together
from infra.watched import Watched


def operations_rows(watched: Watched, alarms: Sequence[cloudwatch.Alarm]) -> list[Row]:
    status = cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=24, height=HEIGHT)
    return [[status], _answers(watched), _queues(watched), _functions(watched), _upkeep(watched), _stores(watched)]


def _answers(watched: Watched) -> Row:
    return [
        graph(
            "API",
            of_api(watched, "Count", "Sum", "requests"),
            unit="requests",
            right=[of_api(watched, "4xx", "Sum"), of_api(watched, "5xx", "Sum")],
        ),
        graph(
            "API: time to an answer",
            *(of_api(watched, "Latency", statistic, statistic) for statistic in ("p50", "p95", "p99")),
            unit="ms",
        ),
        graph(
            "CloudFront",
            of_edge(watched, "Requests", "Sum"),
            unit="requests",
            right=[of_edge(watched, "4xxErrorRate", "Average"), of_edge(watched, "5xxErrorRate", "Average")],
        ),
    ]


def _queues(watched: Watched) -> Row:
    queues = watched.queues.items()
    waits = measured(measures.QUEUE_WAIT, watched.environment, "p95", service="ingest", label="waited (p95)")
    return [
        graph(
            "Queues: waiting",
            *(queue.metric_approximate_number_of_messages_visible(label=name) for name, queue in queues),
            unit="messages",
        ),
        graph(
            "Queues: oldest message",
            *(queue.metric_approximate_age_of_oldest_message(label=name) for name, queue in queues),
            waits,
            unit="seconds",
        ),
        graph(
            "Dead letters",
            *(q.dead_letters.metric_approximate_number_of_messages_visible(label=name) for name, q in queues),
            unit="messages",
        ),
    ]


def _functions(watched: Watched) -> Row:
    environment = watched.environment
    return [
        graph("Functions: errors", every_function(environment, "Errors", "Sum"), unit="runs"),
        graph("Functions: at once", every_function(environment, "ConcurrentExecutions", "Maximum"), unit="runs"),
        graph("Functions: time", every_function(environment, "Duration", "p95"), unit="ms"),
    ]


def _upkeep(watched: Watched) -> Row:
    environment = watched.environment
    hits, misses = (measured(each, environment, "Sum") for each in (measures.CACHE_HITS, measures.CACHE_MISSES))
    rate = together("100 * hits / (hits + misses)", "hit rate", hits=hits, misses=misses)
    breakers = measures.BREAKER_STATE.by["breaker"]
    return [
        graph("Cache: answered from it", rate, unit="%"),
        graph(
            "Breakers: 0 closed, 1 half open, 2 open",
            *(measured(measures.BREAKER_STATE, environment, "Maximum", breaker=name) for name in breakers),
            unit="state",
        ),
        graph(
            "Watch progress: age when written",
            measured(measures.PROGRESS_FLUSH_LAG, environment, "Maximum"),
            unit="seconds",
            right=[measured(measures.PROGRESS_WRITTEN, environment, "Sum")],
        ),
    ]


def _stores(watched: Watched) -> Row:
    cache = graph(
        "Valkey",
        of_cache(watched, "BytesUsedForCache", "Maximum"),
        unit="bytes",
        right=[of_cache(watched, "ElastiCacheProcessingUnits", "Sum"), of_cache(watched, "ThrottledCmds", "Sum")],
    )
    if watched.database is None:
        return [cache]
    load, connections = (
        of_database(watched.database, name, "Maximum") for name in ("CPUUtilization", "DatabaseConnections")
    )
    space = of_database(watched.database, "VolumeBytesUsed", "Maximum")
    return [
        cache,
        graph("DocumentDB", load, unit="%", right=[connections]),
        graph("DocumentDB: stored", space, unit="bytes"),
    ]
