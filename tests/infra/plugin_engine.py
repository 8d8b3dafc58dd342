"""The states of a plug-in point alone, run by the local engine, with a bus, a subscriber's queue and his answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.assertions import Template
from moto.core.base_backend import BackendDict
from moto.server import ThreadedMotoServer

from infra.constructs.plugins import PluginStates
from local.step_functions import install
from tests.infra.engine import JOB
from tests.infra.templates import plain

BUS = "marquee-test"
REGION = "us-east-1"
# What a subscriber does with the states' client and the message.
Answer = Callable[[Any, Mapping[str, Any]], None]


def definition_of(*, answer_within_seconds: int = 10, without_answer: str = "refuse") -> str:
    """`PluginStates` and nothing else, as they are synthesized."""
    stack = Stack(App(), "Test")
    function = lambda_.Function(
        stack,
        "Plugin",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="h.h",
        code=lambda_.Code.from_inline("h = print"),
        timeout=Duration.seconds(10),
    )
    states = PluginStates(
        stack,
        "Point",
        name="BeforePublish",
        point="before_publish",
        bus=events.EventBus.from_event_bus_name(stack, "Bus", BUS),
        function=function,
        answer_within_seconds=answer_within_seconds,
        without_answer=without_answer,
    )
    sfn.StateMachine(stack, "Machine", definition_body=sfn.DefinitionBody.from_chainable(states.ask))
    (machine,) = Template.from_stack(stack).find_resources("AWS::StepFunctions::StateMachine").values()
    text = plain(machine["Properties"]["DefinitionString"])
    for reference, here in (("AWS::Partition", "aws"), ("AWS::Region", REGION), ("AWS::AccountId", "123456789012")):
        text = text.replace(reference, here)
    return text


@dataclass
class Heard:
    """What the function was called with; `install`'s services."""

    calls: list[dict[str, Any]] = field(default_factory=list)

    def invoke(self, function: str, payload: bytes) -> tuple[bytes, bool]:
        self.calls.append(json.loads(payload))
        return b"null", False

    def run_task(self, request: Mapping[str, Any]) -> dict[str, Any]:
        raise AssertionError("no task is run here")

    def wait_task(self, arn: str, seconds: float) -> dict[str, Any] | None:
        raise AssertionError("no task is run here")

    def stop_task(self, arn: str, reason: str) -> None:
        raise AssertionError("no task is run here")


@dataclass
class PluginEngine:
    """One bus, a queue with everything from it, and the machine; `asked`: the messages that came."""

    port: int
    asked: list[dict[str, Any]] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name=REGION,
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )

    def run(self, definition: str, answer: Answer, subscribe: Callable[..., str]) -> dict[str, Any]:
        """What the function heard in the end."""
        heard, states, sqs = Heard(), self.client("stepfunctions"), self.client("sqs")
        install(heard, self.port)
        bus = self.client("events")
        bus.create_event_bus(Name=BUS)
        queue = subscribe(bus, sqs, BUS, "subscriber")
        machine = states.create_state_machine(
            name="point", definition=definition, roleArn="arn:aws:iam::123456789012:role/machine"
        )["stateMachineArn"]
        run = states.start_execution(stateMachineArn=machine, name="a1-1-1", input=json.dumps(JOB))["executionArn"]
        pause = threading.Event()
        while states.describe_execution(executionArn=run)["status"] == "RUNNING":
            for came in sqs.receive_message(QueueUrl=queue).get("Messages", []):
                message = json.loads(came["Body"])["detail"]
                self.asked.append(message)
                answer(states, message)
            pause.wait(0.05)
        assert states.describe_execution(executionArn=run)["status"] == "SUCCEEDED"
        (call,) = heard.calls
        return call


@contextmanager
def plugin_engine() -> Iterator[PluginEngine]:
    BackendDict.reset()  # moto's state belongs to the process
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        yield PluginEngine(port)
    finally:
        server.stop()
