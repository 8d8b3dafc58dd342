"""How films are made: jobs, workers, their speed and their failures."""

from __future__ import annotations

from marquee.domain import measures

from infra.dashboards.widgets import Row, graph
from infra.metrics import measured, of_aws
from infra.watched import Watched


def media_rows(watched: Watched) -> list[Row]:
    return [_jobs(watched), _times(watched), _work(watched), _failures(watched)]


def _jobs(watched: Watched) -> Row:
    environment = watched.environment
    return [
        graph(
            "Jobs now",
            measured(measures.JOBS_RUNNING, environment, "Maximum", label="running"),
            measured(measures.JOBS_WAITING, environment, "Maximum", label="waiting"),
            measured(measures.JOBS_STUCK, environment, "Maximum", label="stuck"),
            unit="jobs",
        ),
        graph(
            "Jobs",
            measured(measures.JOBS_STARTED, environment, "Sum", label="begun"),
            measured(measures.JOBS_COMPLETED, environment, "Sum", label="completed"),
            unit="jobs",
        ),
        graph(
            "Jobs that failed",
            *(
                measured(measures.JOBS_FAILED, environment, "Sum", fault=fault)
                for fault in measures.JOBS_FAILED.by["fault"]
            ),
            unit="jobs",
        ),
    ]


def _times(watched: Watched) -> Row:
    environment = watched.environment
    return [
        graph(
            "From arrival to the first second",
            *(measured(measures.FIRST_PLAYABLE_TIME, environment, p, label=p) for p in ("p50", "p90")),
            unit="seconds",
        ),
        graph(
            "From arrival to the end of the job",
            *(measured(measures.JOB_TIME, environment, p, label=p) for p in ("p50", "p90")),
            unit="seconds",
        ),
        graph("The oldest running job", measured(measures.OLDEST_JOB_AGE, environment, "Maximum"), unit="seconds"),
    ]


def _work(watched: Watched) -> Row:
    environment = watched.environment
    runners, workers = measures.SHARD_SPEED.by["runner"], measures.ORDERS_DONE.by["worker"]
    return [
        graph(
            "Speed of shards, times real time",
            *(
                measured(measures.SHARD_SPEED, environment, p, runner=runner, label=f"{runner} {p}")
                for runner in runners
                for p in ("p10", "p50")
            ),
            unit="×",
        ),
        graph(
            "Orders done",
            *(measured(measures.ORDERS_DONE, environment, "Sum", worker=worker) for worker in workers),
            unit="orders",
        ),
        graph(
            "Runs of the state machines",
            *(
                of_aws("States", metric, "Sum", {"StateMachineArn": arn}, label=f"{name} {metric}")
                for name, arn in watched.machines.items()
                for metric in ("ExecutionsStarted", "ExecutionsFailed", "ExecutionsTimedOut")
            ),
            unit="runs",
        ),
    ]


def _failures(watched: Watched) -> Row:
    environment = watched.environment
    workers = measures.ORDERS_FAILED.by["worker"]
    return [
        graph(
            "Orders that failed",
            *(measured(measures.ORDERS_FAILED, environment, "Sum", worker=worker) for worker in workers),
            unit="orders",
        ),
        graph(
            "Orders refused, and interrupted",
            *(
                measured(each, environment, "Sum", worker=worker)
                for each in (measures.ORDERS_REFUSED, measures.ORDERS_INTERRUPTED)
                for worker in workers
            ),
            unit="orders",
        ),
        graph(
            "Enrichment that failed",
            *(
                measured(measures.TASKS_FAILED, environment, "Sum", task=task)
                for task in measures.TASKS_FAILED.by["task"]
            ),
            unit="tasks",
        ),
    ]
