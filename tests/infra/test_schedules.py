"""What happens by the clock."""

from __future__ import annotations

from tests.infra.templates import Templates, plain


def test_forgotten_jobs_are_looked_for_every_minute(templates: Templates) -> None:
    schedule = templates.one("AWS::Scheduler::Schedule")
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert plain(schedule["Target"]["Arn"]).startswith("Reconcile")
    assert schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 0


def test_one_look_ends_before_the_next_begins(templates: Templates) -> None:
    assert templates.functions()["reconcile"]["Timeout"] < 60
