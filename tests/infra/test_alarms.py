"""Alarms ring for the trouble they are named after, and keep quiet on a good day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.infra.ringing import Told, states
from tests.infra.templates import Properties, Templates

Points = Sequence[tuple[float, float]]
MINUTES = 60


def every_minute(value: float, *, until: int = MINUTES, since: int = 0) -> Points:
    return [(minute * 60.0 + 1, value) for minute in range(since, until)]


# What is told within an hour of a service that is well: films are made, one of them is none.
GOOD: Told = {
    ("JobsRunning",): every_minute(2),
    ("JobsStuck",): every_minute(0),
    ("JobsFailed", "film"): [(900.0, 1.0)],
    ("OrdersDone", "encode"): every_minute(10),
    ("OrdersFailed", "encode"): [(60.0, 1.0)],
    ("FirstPlayableTime",): every_minute(9),
    ("ApproximateNumberOfMessagesVisible",): every_minute(0),
    ("ApproximateAgeOfOldestMessage",): every_minute(5),
    ("Count",): every_minute(100),
    ("5xx",): [(60.0, 1.0)],
    ("Latency",): every_minute(80),
    ("Throttles",): every_minute(0),
    ("ProgressFlushLag",): every_minute(61),
    ("CPUUtilization",): every_minute(20),
    ("DCUUtilization",): every_minute(50),
    ("BytesUsedForCache",): every_minute(1e6),
}
TROUBLE: dict[str, Told] = {
    "JobsStuck": {("JobsStuck",): every_minute(1)},
    "TranscodeTimedOut": {("ExecutionsTimedOut",): [(10.0, 1.0)]},
    "EnrichTimedOut": {("ExecutionsTimedOut",): [(10.0, 1.0)]},
    "JobsFailed": {("JobsFailed", "interrupted"): [(10.0, 1.0)]},
    "JobsUnattended": {("JobsRunning",): every_minute(0, until=20)},
    "EncodeFailures": {("OrdersFailed", "encode"): every_minute(4)},
    # none is done at all, so that nobody tells of any
    "EnrichFailures": {("OrdersFailed", "enrich"): every_minute(1)},
    "WhisperFailures": {("OrdersFailed", "whisper"): every_minute(1)},
    "FirstPlayable": {("FirstPlayableTime",): every_minute(600)},
    "IngestDeadLetters": {("ApproximateNumberOfMessagesVisible",): every_minute(1)},
    "WebhooksDeadLetters": {("ApproximateNumberOfMessagesVisible",): every_minute(1)},
    "IngestBacklog": {("ApproximateAgeOfOldestMessage",): every_minute(3600)},
    "WebhooksBacklog": {("ApproximateAgeOfOldestMessage",): every_minute(3600)},
    "ApiErrors": {("5xx",): every_minute(5)},
    "ApiLatency": {("Latency",): every_minute(9000)},
    "Throttles": {("Throttles",): every_minute(7)},
    "ProgressFlushLag": {("ProgressFlushLag",): every_minute(400)},
    "TmdbBreaker": {("BreakerState", "tmdb"): [(10.0, 2.0)]},
    "DatabaseBusy": {("CPUUtilization",): every_minute(99)},
    "DatabaseCapacity": {("DCUUtilization",): every_minute(99)},
    "CacheThrottled": {("ThrottledCmds",): every_minute(3)},
    "CacheFull": {("BytesUsedForCache",): every_minute(1.9e9)},
}


@pytest.fixture(scope="session")
def alarms(environments: Mapping[str, Templates]) -> dict[str, Properties]:
    """By their names: what stands before CDK's hash, without their construct's. Staging has all there are."""
    return {
        logical_id.removeprefix("Alarms")[:-8]: alarm
        for stack, logical_id, alarm in environments["staging"].resources("AWS::CloudWatch::Alarm")
        if stack == "Observability"
    }


def test_every_alarm_is_heard_here(alarms: dict[str, Properties]) -> None:
    assert set(alarms) == set(TROUBLE)


@pytest.mark.parametrize("name", TROUBLE)
def test_an_alarm_rings_for_its_trouble_and_not_on_a_good_day(name: str, alarms: dict[str, Properties]) -> None:
    assert not any(states(alarms[name], GOOD, minutes=MINUTES))
    assert any(states(alarms[name], {**GOOD, **TROUBLE[name]}, minutes=MINUTES))


@pytest.mark.parametrize(
    ("told", "rings"),
    [
        ([(10.0, 2.0)], [True, True, True, True]),  # nobody tells more while it is open
        ([(10.0, 2.0), (130.0, 1.0), (131.0, 0.0)], [True, True, False, False]),
        ([(10.0, 2.0), (70.0, 1.0), (70.1, 2.0)], [True, True, True, True]),  # tried in vain
        ([(10.0, 2.0), (20.0, 1.0), (21.0, 0.0)], [False, False, False, False]),  # well again within the minute
    ],
)
def test_an_open_breaker_rings_until_it_is_closed(
    told: Points, rings: list[bool], alarms: dict[str, Properties]
) -> None:
    assert states(alarms["TmdbBreaker"], {("BreakerState", "tmdb"): told}, minutes=4) == rings


def test_one_of_two_orders_that_fails_is_no_rate(alarms: dict[str, Properties]) -> None:
    told = {("OrdersDone", "encode"): [(1.0, 1.0)], ("OrdersFailed", "encode"): [(2.0, 1.0)]}
    assert not any(states(alarms["EncodeFailures"], told, minutes=15))


def test_nobody_looking_after_jobs_is_heard_after_a_quarter_of_an_hour(alarms: dict[str, Properties]) -> None:
    told = {("JobsRunning",): every_minute(0, until=20)}
    assert states(alarms["JobsUnattended"], told, minutes=40) == [False] * 6 + [True, True]
