"""Fargate tasks are processes with ECS' statuses and reasons."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import RunningCloud

LOG = "Tiny-App-TaskLogs.log"  # by the log group of its definition, where whoever asks for a stack's lines finds them


def _run(tiny: RunningCloud, order: str) -> str:
    override = {"name": "worker", "environment": [{"name": "ORDER", "value": order}]}
    answer = tiny.client("ecs").run_task(
        cluster="tiny", taskDefinition="tiny-task", overrides={"containerOverrides": [override]}
    )
    return str(answer["tasks"][0]["taskArn"])


def _wait(tiny: RunningCloud, arn: str, status: str) -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while True:
        (task,) = tiny.client("ecs").describe_tasks(cluster="tiny", tasks=[arn])["tasks"]
        if task["lastStatus"] == status or time.monotonic() > deadline:
            assert task["lastStatus"] == status
            return dict(task)
        time.sleep(0.02)


def test_a_task_has_its_exit_code_and_its_log(tiny: RunningCloud) -> None:
    task = _wait(tiny, _run(tiny, "75"), "STOPPED")
    assert task["containers"][0]["exitCode"] == 75
    assert task["stopCode"] == "EssentialContainerExited"
    assert task["startedAt"] <= task["stoppedAt"]
    log = tiny.cloud.options.state_dir / "log" / LOG
    assert "worker 75 blue" in log.read_text()


def test_a_stopped_task_may_end_in_order(tiny: RunningCloud) -> None:
    arn = _run(tiny, "wait")
    _wait(tiny, arn, "RUNNING")
    _log_says(tiny, "worker wait")
    tiny.client("ecs").stop_task(cluster="tiny", task=arn, reason="enough")
    task = _wait(tiny, arn, "STOPPED")
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "enough")
    assert task["containers"][0]["exitCode"] == 143


def test_a_task_that_does_not_end_is_killed(tiny: RunningCloud) -> None:
    arn = _run(tiny, "stubborn")
    _wait(tiny, arn, "RUNNING")
    _log_says(tiny, "worker stubborn")
    tiny.client("ecs").stop_task(cluster="tiny", task=arn)
    assert _wait(tiny, arn, "STOPPED")["containers"][0]["exitCode"] == 137


def test_tasks_beyond_the_slots_wait_as_provisioning(tiny: RunningCloud) -> None:
    count = tiny.cloud.options.slots + 1
    arns = [_run(tiny, "wait") for _ in range(count)]
    for arn in arns[:-1]:
        _wait(tiny, arn, "RUNNING")
    described = tiny.client("ecs").describe_tasks(cluster="tiny", tasks=arns)["tasks"]
    assert [task["lastStatus"] for task in described] == ["RUNNING"] * (count - 1) + ["PROVISIONING"]
    assert set(arns) <= set(tiny.client("ecs").list_tasks(cluster="tiny")["taskArns"])
    for arn in reversed(arns):
        tiny.client("ecs").stop_task(cluster="tiny", task=arn)
    for arn in arns:
        task = _wait(tiny, arn, "STOPPED")
    assert "startedAt" not in task  # the one that waited never started


def test_an_unknown_definition_is_refused(tiny: RunningCloud) -> None:
    with pytest.raises(ClientError, match="Unable to describe task definition"):
        tiny.client("ecs").run_task(cluster="tiny", taskDefinition="nothing")


def _log_says(tiny: RunningCloud, words: str) -> None:
    """Waits until the worker is past its first line, and so has its signals set."""
    log = tiny.cloud.options.state_dir / "log" / LOG
    deadline = time.monotonic() + 20
    while words not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
