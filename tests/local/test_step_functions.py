"""State machines on the local cloud fail and succeed as they do in AWS."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from typing import Any

import pytest

from tests.local.conftest import RunningCloud


def _start(tiny: RunningCloud, machine: str, given: Any) -> str:
    arn = f"arn:aws:states:us-east-1:123456789012:stateMachine:Tiny-App-{machine}"
    states = tiny.client("stepfunctions")
    started = states.start_execution(stateMachineArn=arn, name=uuid.uuid4().hex, input=json.dumps(given))
    return str(started["executionArn"])


def _end(tiny: RunningCloud, execution: str) -> dict[str, Any]:
    states = tiny.client("stepfunctions")
    deadline = time.monotonic() + 30
    while True:
        described: dict[str, Any] = states.describe_execution(executionArn=execution)
        if described["status"] != "RUNNING" or time.monotonic() > deadline:
            return described
        time.sleep(0.05)


def _run(tiny: RunningCloud, machine: str, given: Any) -> dict[str, Any]:
    return _end(tiny, _start(tiny, machine, given))


def _put(tiny: RunningCloud, key: str, items: list[Any]) -> None:
    tiny.client("s3").put_object(Bucket="tiny-media", Key=key, Body=json.dumps(items))


def test_a_task_that_exits_with_0_succeeds(tiny: RunningCloud) -> None:
    end = _run(tiny, "Tasks", {"order": "0"})
    task = json.loads(end["output"])
    assert end["status"] == "SUCCEEDED"
    assert task["Containers"][0]["ExitCode"] == 0
    assert task["LastStatus"] == "STOPPED"
    assert task["CapacityProviderName"] == "FARGATE_SPOT"


def test_a_task_that_exits_with_65_fails_with_its_description_as_cause(tiny: RunningCloud) -> None:
    end = _run(tiny, "Tasks", {"order": "65"})
    error = json.loads(end["output"])["error"]
    assert error["Error"] == "States.TaskFailed"
    cause = json.loads(error["Cause"])
    assert cause["Containers"][0]["ExitCode"] == 65
    assert cause["StopCode"] == "EssentialContainerExited"


def test_a_stopped_execution_stops_its_task(tiny: RunningCloud) -> None:
    execution = _start(tiny, "Tasks", {"order": "wait"})
    tasks = tiny.cloud.tasks
    deadline = time.monotonic() + 20
    while not (running := [t for t in tasks.tasks() if t.last_status == "RUNNING"]):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    tiny.client("stepfunctions").stop_execution(executionArn=execution)

    async def stopped() -> None:
        await running[0].stopped.wait()

    tiny.run(stopped())
    assert running[0].stopped_reason == "Stopped by Step Functions"


def test_a_timeout_of_a_function_has_lambdas_name(tiny: RunningCloud) -> None:
    end = _run(tiny, "Steps", {"do": "sleep", "seconds": 20})
    assert json.loads(end["output"])["error"]["Error"] == "Sandbox.Timedout"


def test_a_distributed_map_runs_every_item_of_an_object(tiny: RunningCloud) -> None:
    _put(tiny, "items.json", [{"n": n} for n in range(12)])
    end = _run(tiny, "Maps", {"key": "items.json"})
    numbers = [answer["Payload"]["event"]["n"] for answer in json.loads(end["output"])]
    assert numbers == list(range(12))


def test_the_items_of_a_distributed_map_reach_their_task_in_order(
    tiny: RunningCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    functions, reached = tiny.cloud.functions, list[int]()
    invoke = functions.invoke

    async def note(name: str, payload: bytes, *rest: Any, **named: Any) -> Any:
        reached.extend(n for n in [json.loads(payload).get("n")] if n is not None)  # its schedule calls, too
        return await invoke(name, payload, *rest, **named)

    monkeypatch.setattr(functions, "invoke", note)
    _put(tiny, "many.json", [{"n": n} for n in range(40)])
    _run(tiny, "Maps", {"key": "many.json"})
    assert reached == list(range(40))


def test_a_distributed_map_fails_when_an_item_fails(tiny: RunningCloud) -> None:
    _put(tiny, "bad.json", [{"n": 1}, {"do": "raise"}, {"n": 3}])
    end = _run(tiny, "Maps", {"key": "bad.json"})
    assert end["status"] == "FAILED"
    assert end["error"] == "States.ExceedToleratedFailureThreshold"


def test_the_same_name_starts_one_execution(tiny: RunningCloud) -> None:
    states = tiny.client("stepfunctions")
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:Tiny-App-Steps"
    for _ in range(5):
        with contextlib.suppress(states.exceptions.ExecutionAlreadyExists):
            states.start_execution(stateMachineArn=arn, name="one", input="{}")
    executions = states.list_executions(stateMachineArn=arn)["executions"]
    assert [execution["name"] for execution in executions].count("one") == 1
