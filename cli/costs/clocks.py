"""What goes on by itself: functions that a clock calls, and queues that are asked whether there is anything."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cli.costs.assembly import Properties, Resource
from cli.costs.lines import Line
from cli.costs.prices import Assumptions, Prices, Unpriced

MILLION = 1e6
KB_A_GB = 1e6
# Of a million calls: the price, and how many are free.
_CALLS = {
    "scheduler": ("million_runs", "free_million_runs"),
    "lambda": ("million_requests", "free_million_requests"),
    "xray": ("million_traces", "free_million_traces"),
}
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


def clock_lines(resource: Resource, prices: Prices, assumed: Assumptions) -> Iterator[Line]:
    """Raises Unpriced for a schedule that is no rate."""
    runs = _runs_a_month(resource, prices) / MILLION
    gib_seconds = runs * MILLION * assumed["schedule_seconds"] * _memory_mib(resource) / 1024
    log_gb = runs * MILLION * assumed["schedule_log_kb"] / KB_A_GB
    for service, name, what, quantity, unit in (
        ("Scheduler", "scheduler", "runs", runs, "million"),
        ("Lambda", "lambda", "calls by the clock", runs, "million"),
        ("X-Ray", "xray", "traces", runs, "million"),
    ):
        price, free = _CALLS[name]
        yield Line(service, what, quantity, unit, prices.of(name, price), prices.of(name, free))
    seconds, free_seconds = prices.of("lambda", "gib_second"), prices.of("lambda", "free_gib_seconds")
    yield Line("Lambda", "time by the clock", gib_seconds, "GiB s", seconds, free_seconds)
    gb, free_gb = prices.of("cloudwatch", "log_gb"), prices.of("cloudwatch", "free_log_gb")
    yield Line("CloudWatch", "log", log_gb, "GB", gb, free_gb)


def poll_lines(_: Resource, prices: Prices, assumed: Assumptions) -> Iterator[Line]:
    polls = assumed["polls_a_minute"] * 60 * prices.hours_a_month / MILLION
    price, free = prices.of("sqs", "million_requests"), prices.of("sqs", "free_million_requests")
    yield Line("SQS", "looks at empty queues", polls, "million", price, free)


def _runs_a_month(resource: Resource, prices: Prices) -> float:
    expression = resource.properties["ScheduleExpression"]
    rate = _RATE.fullmatch(expression)
    if rate is None:
        raise Unpriced(f"{resource.stack}/{resource.logical_id}: how often is {expression}?")
    return prices.hours_a_month * 3600 / (int(rate[1]) * _SECONDS[rate[2]])


def _memory_mib(schedule: Resource) -> float:
    """Of the function that it calls, by its alias or at once."""
    target: Properties = schedule.referred(schedule.properties["Target"]["Arn"])
    if "MemorySize" not in target and "FunctionName" in target:
        target = schedule.referred(target["FunctionName"])
    return float(target["MemorySize"])
