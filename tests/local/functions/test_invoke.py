"""Invoking functions as a client of AWS does."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import RunningCloud


def _invoke(tiny: RunningCloud, name: str, payload: Any, **more: Any) -> tuple[Any, dict[str, Any]]:
    answer = tiny.client("lambda").invoke(FunctionName=f"Tiny-App-{name}", Payload=json.dumps(payload), **more)
    body = answer["Payload"].read()
    return (json.loads(body) if body else None), answer


def test_a_function_has_its_environment_its_layer_and_its_time(tiny: RunningCloud) -> None:
    body, answer = _invoke(tiny, "Echo", {"n": 1})
    assert "FunctionError" not in answer
    assert body["event"] == {"n": 1}
    assert body["word"] == "in us-east-1"
    assert body["shared"] == "from the layer"
    assert 0 < body["remaining"] <= 20_000


def test_a_function_is_deployed_with_the_secret_that_its_environment_refers_to(tiny: RunningCloud) -> None:
    body, _ = _invoke(tiny, "Echo", {})
    assert body["token"] == tiny.client("secretsmanager").get_secret_value(SecretId="Tiny-Data-Token")["SecretString"]


def test_a_warm_process_is_used_again(tiny: RunningCloud) -> None:
    # not Echo, which a schedule calls, too
    first, _ = _invoke(tiny, "Short", {})
    second, _ = _invoke(tiny, "Short", {})
    assert first["pid"] == second["pid"]
    assert first["request_id"] != second["request_id"]


def test_an_exception_is_told_with_its_class_and_trace(tiny: RunningCloud) -> None:
    body, answer = _invoke(tiny, "Echo", {"do": "raise"})
    assert answer["FunctionError"] == "Unhandled"
    assert (body["errorType"], body["errorMessage"]) == ("Wrong", "it is wrong")
    assert body["stackTrace"]


def test_a_function_that_takes_too_long_is_killed(tiny: RunningCloud) -> None:
    body, answer = _invoke(tiny, "Short", {"do": "sleep", "seconds": 20})
    assert answer["FunctionError"] == "Unhandled"
    assert body["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in body["errorMessage"]
    (log,) = (tiny.cloud.options.state_dir / "log").glob("*Short*.log")
    assert body["errorMessage"] in log.read_text().splitlines()
    after, _ = _invoke(tiny, "Short", {})
    assert after["event"] == {}


def test_a_crash_is_told_and_the_next_call_has_a_new_process(tiny: RunningCloud) -> None:
    body, _ = _invoke(tiny, "Short", {"do": "exit", "code": 7})
    assert body["errorType"] == "Runtime.ExitError"
    assert body["errorMessage"].endswith("exit status 7")
    after, answer = _invoke(tiny, "Short", {})
    assert "FunctionError" not in answer
    assert after["event"] == {}


def test_a_killed_idle_process_is_replaced(tiny: RunningCloud) -> None:
    first, _ = _invoke(tiny, "Short", {})
    os.kill(first["pid"], signal.SIGKILL)
    second, answer = _invoke(tiny, "Short", {})
    # the kill may be noticed only while the call is on its way: then Lambda says that the runtime exited
    if "FunctionError" in answer:
        assert second["errorType"] == "Runtime.ExitError"
        second, _ = _invoke(tiny, "Short", {})
    assert second["pid"] != first["pid"]


def test_a_function_that_cannot_be_imported_says_so(tiny: RunningCloud) -> None:
    body, answer = _invoke(tiny, "Broken", {})
    assert answer["FunctionError"] == "Unhandled"
    assert body["errorType"] == "Runtime.ImportModuleError"


def test_an_answer_over_six_megabytes_is_refused(tiny: RunningCloud) -> None:
    body, answer = _invoke(tiny, "Echo", {"do": "large", "bytes": 7_000_000})
    assert answer["FunctionError"] == "Unhandled"
    assert body["errorType"] == "Function.ResponseSizeTooLarge"


def test_a_request_over_six_megabytes_is_refused(tiny: RunningCloud) -> None:
    with pytest.raises(ClientError) as error:
        _invoke(tiny, "Echo", "x" * 6_500_000)
    assert error.value.response["Error"]["Code"] == "RequestTooLargeException"


def test_an_unknown_function_is_not_found(tiny: RunningCloud) -> None:
    with pytest.raises(ClientError) as error:
        _invoke(tiny, "Nobody", {})
    assert error.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_reserved_concurrency_refuses_a_second_call(tiny: RunningCloud) -> None:
    async def both() -> list[Any]:
        calls = (tiny.cloud.functions.invoke("Tiny-App-Single", b'{"do": "sleep", "seconds": 1}') for _ in range(2))
        return await asyncio.gather(*calls, return_exceptions=True)

    kinds = sorted(type(end).__name__ for end in tiny.run(both()))
    assert kinds == ["Outcome", "TooManyRequestsError"]


def test_cold_starts_are_counted(tiny: RunningCloud) -> None:
    counts = tiny.cloud.functions.statistics()["Tiny-App-Echo"]
    assert counts["cold_starts"] >= 1
    assert counts["invocations"] > counts["cold_starts"]
