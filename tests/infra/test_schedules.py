"""What happens by the clock."""

from __future__ import annotations

from typing import Any

from tests.infra.templates import Templates, plain


def schedule_of(templates: Templates, function: str) -> dict[str, Any]:
    """The one schedule that calls a function."""
    schedules = [schedule for _, _, schedule in templates.resources("AWS::Scheduler::Schedule")]
    (found,) = (schedule for schedule in schedules if plain(schedule["Target"]["Arn"]).startswith(function))
    return found


def test_webhooks_that_are_due_again_are_looked_for_every_minute(templates: Templates) -> None:
    schedule = schedule_of(templates, "DeliverWebhooks")
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 0


def test_watch_progress_is_flushed_every_minute(templates: Templates) -> None:
    schedule = schedule_of(templates, "FlushProgress")
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 0
    assert templates.functions()["flush_progress"]["Timeout"] < 60


def test_forgotten_jobs_are_looked_for_every_minute(templates: Templates) -> None:
    schedule = schedule_of(templates, "Reconcile")
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 0


def test_one_look_ends_before_the_next_begins(templates: Templates) -> None:
    assert templates.functions()["reconcile"]["Timeout"] < 60
