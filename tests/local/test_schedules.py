"""Schedules are due when EventBridge says."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from local.model import Schedule
from local.schedules import ScheduleError, Schedules, next_time, rate_seconds


def _schedule(expression: str, timezone: str = "UTC", *, enabled: bool = True) -> Schedule:
    return Schedule("s", expression, "arn", "{}", timezone, enabled)


def test_rates_are_seconds() -> None:
    assert rate_seconds("rate(1 minute)") == 60
    assert rate_seconds("rate(2 hours)") == 7200
    assert rate_seconds("cron(0 * * * ? *)") is None


@pytest.mark.parametrize(
    ("expression", "now", "due"),
    [
        ("cron(15 10 * * ? *)", "2026-11-21T10:14:59", "2026-11-21T10:15:00"),
        ("cron(15 10 * * ? *)", "2026-11-21T10:15:00", "2026-11-22T10:15:00"),
        ("cron(0/20 * * * ? *)", "2026-11-21T10:41:00", "2026-11-21T11:00:00"),
        ("cron(0 8 ? * MON-FRI *)", "2026-11-20T09:00:00", "2026-11-23T08:00:00"),
        ("cron(0 0 1 JAN,JUL ? *)", "2026-11-21T00:00:00", "2027-01-01T00:00:00"),
        ("cron(30 6 L * ? *)", "2028-02-10T00:00:00", "2028-02-29T06:30:00"),
        ("at(2026-12-24T18:00:00)", "2026-11-21T00:00:00", "2026-12-24T18:00:00"),
    ],
)
def test_the_next_due_time(expression: str, now: str, due: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_time(_schedule(expression), moment) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_schedule_keeps_to_its_time_zone() -> None:
    due = next_time(_schedule("cron(0 9 * * ? *)", "Europe/Berlin"), datetime(2026, 7, 1, 6, 0, tzinfo=UTC))
    assert due is not None
    assert due.astimezone(UTC) == datetime(2026, 7, 1, 7, 0, tzinfo=UTC)


def test_what_has_passed_is_never_due() -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    assert next_time(_schedule("at(2026-12-24T18:00:00)"), now) is None
    assert next_time(_schedule("cron(0 0 1 1 ? 2020)"), now) is None


@pytest.mark.parametrize("expression", ["cron(0 0 * *)", "cron(61 0 * * ? *)", "cron(x 0 * * ? *)", "sometimes"])
def test_a_mistaken_expression_is_told_at_the_start(expression: str) -> None:
    with pytest.raises(ScheduleError):
        Schedules([_schedule(expression)], lambda _: None)


def test_a_rate_is_due_at_the_start_unless_disabled() -> None:
    fired: list[str] = []

    async def run() -> None:
        due = asyncio.Event()

        def fire(schedule: Schedule) -> None:
            fired.append(schedule.expression)
            due.set()

        schedules = Schedules([_schedule("rate(1 day)"), _schedule("rate(2 days)", enabled=False)], fire)
        schedules.start()
        await due.wait()
        await schedules.close()

    asyncio.run(asyncio.wait_for(run(), 10))
    assert fired == ["rate(1 day)"]
