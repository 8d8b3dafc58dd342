"""Films that do not become what they should."""

from __future__ import annotations

from aws_cdk import Duration
from marquee.domain import measures

from infra.constructs.alarms import SILENT, Alarms
from infra.metrics import measured, of_aws, share, together
from infra.watched import Watched

# A fault of ours; those of the film are its owner's to hear of.
OUR_FAULTS = {"a": "timeout", "b": "transient", "c": "interrupted", "d": "internal"}
QUARTER = Duration.minutes(15)
FAILED_ORDERS_PERCENT = 20
FEW_ORDERS = 5


def add_job_alarms(alarms: Alarms, watched: Watched) -> None:
    environment = watched.environment
    alarms.add(
        "JobsStuck",
        measured(measures.JOBS_STUCK, environment, "Maximum"),
        1,
        says="A job does not come to its end.",
        runbook="stuck-job",
        periods=2,
    )
    for name, arn in watched.machines.items():
        alarms.add(
            f"{name.capitalize()}TimedOut",
            of_aws("States", "ExecutionsTimedOut", "Sum", {"StateMachineArn": arn}),
            1,
            says=f"A run of the state machine {name} took all the time it may have.",
            runbook="stuck-job",
        )
    failures = {
        name: measured(measures.JOBS_FAILED, environment, "Sum", period=QUARTER, fault=fault)
        for name, fault in OUR_FAULTS.items()
    }
    alarms.add(
        "JobsFailed",
        together(f"SUM([{', '.join(failures)}])", "jobs failed by a fault of ours", QUARTER, **failures),
        1,
        says="A job failed, and not because of its film.",
        runbook="failed-job",
    )
    alarms.add(
        "JobsUnattended",
        measured(measures.JOBS_RUNNING, environment, "SampleCount"),
        1,
        says="Nobody has looked after forgotten jobs for a quarter of an hour.",
        runbook="schedules",
        periods=3,
        below=True,
        missing=SILENT,
    )
    _add_worker_alarms(alarms, watched)


def _add_worker_alarms(alarms: Alarms, watched: Watched) -> None:
    environment = watched.environment
    for worker in measures.ORDERS_FAILED.by["worker"]:
        failed, done = (
            measured(each, environment, "Sum", period=QUARTER, worker=worker)
            for each in (measures.ORDERS_FAILED, measures.ORDERS_DONE)
        )
        alarms.add(
            f"{worker.capitalize()}Failures",
            share(failed, done, f"orders of {worker} that failed, %", at_least=FEW_ORDERS, period=QUARTER),
            FAILED_ORDERS_PERCENT,
            says=f"Many orders of the worker {worker} fail.",
            runbook="workers",
            early=True,
        )
    alarms.add(
        "FirstPlayable",
        measured(measures.FIRST_PLAYABLE_TIME, environment, "p90", period=Duration.hours(1)),
        environment.observability.first_playable_seconds,
        says="Films can be watched late.",
        runbook="workers",
        early=True,
    )
