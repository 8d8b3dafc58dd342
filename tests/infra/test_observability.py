"""Dashboards and alarms look at what is there, and alarms lead to a runbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from marquee.domain.measures import MEASURES, NAMESPACE

from infra.environments import DEV
from infra.metrics import measured
from tests.infra.aws_metrics import AWS_METRICS, FUNCTION_METRICS
from tests.infra.templates import Properties, Templates, plain
from tests.infra.watching import Shown, of_alarms, of_dashboards

ROOT = Path(__file__).resolve().parents[2]
SEARCH = re.compile(r"SEARCH\('\{AWS/Lambda,FunctionName\} MetricName=\"(\w+)\" Marquee (\w+)', '\w+', 300\)")
BY_NAME = {measure.name: measure for measure in MEASURES}


def listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def alarms(templates: Templates) -> Iterator[tuple[str, Properties]]:
    for stack, logical_id, alarm in templates.resources("AWS::CloudWatch::Alarm"):
        if stack == "Observability":
            yield logical_id, alarm


def is_known(shown: Shown) -> bool:
    """Whether somebody tells this metric by these dimensions."""
    if shown.search:
        found = SEARCH.fullmatch(shown.search)
        return found is not None and found[1] in FUNCTION_METRICS
    names = tuple(name for name, _ in shown.dimensions)
    if shown.namespace != NAMESPACE:
        return names in AWS_METRICS.get((shown.namespace, shown.name), ())
    measure = BY_NAME.get(shown.name)
    if measure is None or names != tuple(sorted(measure.dimensions)):
        return False
    return all(value in measure.by.get(name, (value,)) for name, value in shown.dimensions)


def test_every_metric_under_an_alarm_and_on_a_dashboard_is_told_by_somebody(templates: Templates) -> None:
    unknown = [
        (where, shown) for where, shown in (*of_alarms(templates), *of_dashboards(templates)) if not is_known(shown)
    ]
    assert unknown == []


def test_a_metric_that_nobody_tells_would_be_found() -> None:
    environment = (("environment", "dev"),)
    assert is_known(Shown(NAMESPACE, "JobsCompleted", environment))
    assert not is_known(Shown(NAMESPACE, "JobsDone", environment))
    assert not is_known(Shown(NAMESPACE, "JobsFailed", environment))
    assert not is_known(Shown(NAMESPACE, "JobsFailed", (*environment, ("fault", "weather"))))
    assert not is_known(Shown("AWS/SQS", "OldestMessage", (("QueueName", "q"),)))
    assert not is_known(Shown("AWS/ElastiCache", "ThrottledCmds", (("CacheClusterId", "c"),)))


def test_what_is_measured_is_looked_at(templates: Templates) -> None:
    """A series costs money each month: one that nobody sees is thrown out."""
    seen = {shown.name for _, shown in (*of_alarms(templates), *of_dashboards(templates))}
    assert {measure.name for measure in MEASURES} - seen == set()


def test_environments_look_at_their_own_alone(templates: Templates) -> None:
    name = plain(next(templates.resources("AWS::Budgets::Budget"))[2]["Budget"]["BudgetName"]).removeprefix("marquee-")
    shown = [each for _, each in (*of_alarms(templates), *of_dashboards(templates))]
    ours = {
        value for each in shown if each.namespace == NAMESPACE for n, value in each.dimensions if n == "environment"
    }
    searched = {found[2] for each in shown if (found := SEARCH.fullmatch(each.search))}
    assert (ours, searched) == ({name}, {name})


def test_every_alarm_says_what_is_wrong_and_names_a_runbook_that_is_there(templates: Templates) -> None:
    for logical_id, alarm in alarms(templates):
        found = re.fullmatch(r"[A-Z].+\. Runbook: (docs/runbooks/[a-z-]+\.md)", alarm["AlarmDescription"])
        assert found is not None, logical_id
        told = (ROOT / found[1]).read_text()
        assert told.startswith("# "), found[1]
        assert f"`{logical_id.removeprefix('Alarms')[:-8]}`" in told, found[1]


def test_every_alarm_is_heard_when_it_rings_and_when_it_ends(templates: Templates) -> None:
    for _, alarm in alarms(templates):
        (rings,), (ends,) = alarm["AlarmActions"], alarm["OKActions"]
        assert plain(rings) == plain(ends)
        assert plain(rings).startswith("Alerts")


def test_every_queue_with_dead_letters_has_its_two_alarms(templates: Templates) -> None:
    queues = [queue for _, _, queue in templates.resources("AWS::SQS::Queue") if "RedrivePolicy" in queue]
    watched = [shown for _, shown in of_alarms(templates) if shown.namespace == "AWS/SQS"]
    names = [shown.name for shown in watched]
    assert names.count("ApproximateAgeOfOldestMessage") == len(queues)
    assert names.count("ApproximateNumberOfMessagesVisible") == len(queues)
    assert len({shown.dimensions for shown in watched}) == 2 * len(queues)


def test_every_state_machine_is_watched_for_runs_that_take_too_long(templates: Templates) -> None:
    machines = list(templates.resources("AWS::StepFunctions::StateMachine"))
    watched = {shown.dimensions for _, shown in of_alarms(templates) if shown.name == "ExecutionsTimedOut"}
    assert len(watched) == len(machines)


@pytest.mark.parametrize(
    ("alarm", "missing"),
    [("JobsUnattended", "breaching"), ("TmdbBreaker", "ignore"), ("JobsFailed", "notBreaching")],
)
def test_silence_means_what_it_means_for_each(alarm: str, missing: str, templates: Templates) -> None:
    (found,) = (each for logical_id, each in alarms(templates) if logical_id.startswith(f"Alarms{alarm}"))
    assert found["TreatMissingData"] == missing


@pytest.mark.parametrize(
    ("alarm", "seconds"), [("EncodeFailures", 900), ("JobsFailed", 900), ("ApiErrors", 300), ("TmdbBreaker", 60)]
)
def test_an_alarm_looks_at_as_long_a_time_as_it_means(alarm: str, seconds: int, prod: Templates) -> None:
    """Metric math takes a period of its own in the place of its metrics'."""
    (found,) = (each for logical_id, each in alarms(prod) if logical_id.startswith(f"Alarms{alarm}"))
    stats = [query["MetricStat"] for query in found.get("Metrics", []) if "MetricStat" in query]
    assert {each["Period"] for each in stats or [found]} == {seconds}


def test_only_alarms_and_the_budget_of_this_account_speak_to_the_topic(templates: Templates) -> None:
    (policy,) = (p for s, _, p in templates.resources("AWS::SNS::TopicPolicy") if s == "Observability")
    allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    speakers = {plain(each) for s in allowed for each in listed(s["Principal"]["Service"])}
    assert speakers == {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
    for statement in allowed:
        assert statement["Action"] == "sns:Publish"
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    refused = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
    assert refused[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_budget_tells_of_what_is_spent_and_of_what_will_be(templates: Templates) -> None:
    budget = templates.one("AWS::Budgets::Budget")
    told = {each["Notification"]["NotificationType"] for each in budget["NotificationsWithSubscribers"]}
    assert told == {"ACTUAL", "FORECASTED"}
    assert budget["Budget"]["CostFilters"]["TagKeyValue"][0].startswith("user:environment$")


def test_a_measure_by_other_dimensions_than_its_own_is_refused_when_the_app_is_built() -> None:
    failed = BY_NAME["JobsFailed"]
    with pytest.raises(ValueError, match="JobsFailed is told by"):
        measured(failed, DEV, "Sum")
    with pytest.raises(ValueError, match="JobsFailed is told by"):
        measured(failed, DEV, "Sum", fault="weather")
