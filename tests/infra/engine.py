"""Runs the synthesized definition with functions and tasks that do as a test says."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from local.step_functions import ServiceError, install

NEVER_RAN = -1  # instead of an exit code: the task stopped before its container started
BUCKET = "media"
ITEMS_KEY = "work/j1/shards.json"
SHARDS = [{"index": 0, "runner": "lambda"}, {"index": 1, "runner": "fargate"}]
TRACKS = [{"index": 0, "runner": "lambda"}]
ANSWERS: dict[str, Any] = {
    "Probe": {"media_info_key": "work/j1/media_info.json"},
    "Plan": {
        "bucket": BUCKET,
        "plan_key": "work/j1/plan.json",
        "items_key": ITEMS_KEY,
        "audio": TRACKS,
        "captions": False,
        "analysis": False,
        "subtitles": True,
    },
    "cut_speech": {"result_key": "work/j1/speech/plan.json", "chunks": [0, 1, 2]},
}
# What `Plan` answers where both are wanted.
ENRICHED = {"Plan": {**ANSWERS["Plan"], "captions": True, "analysis": True}}
JOB = {
    "asset_id": "a1",
    "version": 1,
    "job_id": "j1",
    "attempt": 1,
    "media_bucket": BUCKET,
    "source": {"bucket": "uploads", "key": "uploads/u1/source", "version_id": None},
    "caused_by": {"upload_id": "u1", "request_id": "r1", "trace": ""},
}


@dataclass(frozen=True)
class Raised:
    """What a function fails with: the name of its error's class, and the error's text."""

    error: str
    message: str = ""


@dataclass
class Workers:
    """Functions and tasks. `script` has what each does in turn, by name; then, and without it, all goes well.

    Functions are named as in the template (`Probe`, `EncodeFunction`; their versions are called), tasks by their
    capacity provider; a task does an exit code, or refuses to start. The enrichment worker is called by the kind
    of its order.
    `answers` replace what functions answer.
    """

    script: Mapping[str, list[Raised | int]] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    _exits: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def invoke(self, function: str, payload: bytes) -> tuple[bytes, bool]:
        event = json.loads(payload)
        name = str(event["kind"]) if function.startswith("Enricher") else function.partition("CurrentVersion")[0]
        outcome = self._next(name, event)
        if isinstance(outcome, Raised):
            return json.dumps({"errorType": outcome.error, "errorMessage": outcome.message}).encode(), True
        return json.dumps(self.answers.get(name, ANSWERS.get(name, {}))).encode(), False

    def run_task(self, request: Mapping[str, Any]) -> dict[str, Any]:
        provider = request["capacityProviderStrategy"][0]["capacityProvider"]
        (variable,) = request["overrides"]["containerOverrides"][0]["environment"]
        outcome = self._next(provider, json.loads(variable["value"]))
        if isinstance(outcome, Raised):
            raise ServiceError(outcome.error, outcome.message, 400)
        arn = f"task/{len(self._exits)}"
        self._exits[arn] = outcome or 0
        return {"taskArn": arn, "containers": []}

    def wait_task(self, arn: str, seconds: float) -> dict[str, Any]:
        code = self._exits[arn]
        container = {"name": "worker"} if code == NEVER_RAN else {"name": "worker", "exitCode": code}
        return {"taskArn": arn, "containers": [container]}

    def stop_task(self, arn: str, reason: str) -> None:
        raise AssertionError("every task ends at once")

    def called(self, name: str) -> list[Any]:
        """What `name` was called with, each time."""
        return [event for caller, event in self.calls if caller == name]

    def _next(self, name: str, event: Any) -> Raised | int | None:
        with self._lock:
            self.calls.append((name, event))
            planned = self.script.get(name, [])
            return planned.pop(0) if planned else None


@dataclass(frozen=True)
class End:
    """How an execution ended."""

    status: str
    error: str | None
    cause: str | None


class Engine:
    """moto's Step Functions with one state machine."""

    def __init__(self, port: int, definition: Mapping[str, Any]) -> None:
        access = {
            "endpoint_url": f"http://127.0.0.1:{port}",
            "region_name": "us-east-1",
            "aws_access_key_id": "key",
            "aws_secret_access_key": "secret",
        }
        self._port = port
        self._count = 0
        self._access = access
        self._client: Any = boto3.client("stepfunctions", **access)  # type: ignore[call-overload]
        store: Any = boto3.client("s3", **access)  # type: ignore[call-overload]
        store.create_bucket(Bucket=BUCKET)
        store.put_object(Bucket=BUCKET, Key=ITEMS_KEY, Body=json.dumps(SHARDS))
        # what waits in AWS does so for the sake of others; here nobody is there
        text = json.dumps(definition).replace("AWS::Partition", "aws")
        for waits, never in (
            ("MathRandom(1, 5)", "MathRandom(0, 0)"),
            ("MathRandom(10, 120)", "MathRandom(0, 0)"),
            ('"wait_seconds": 10', '"wait_seconds": 0'),
        ):
            text = text.replace(waits, never)
        install(Workers(), port)  # first: it chooses the engine that keeps the machine
        self._machine = self._client.create_state_machine(
            name=f"machine-{uuid.uuid4().hex}", definition=text, roleArn="arn:aws:iam::123456789012:role/machine"
        )["stateMachineArn"]

    def client(self, service: str) -> Any:
        """Of another service that the machine calls."""
        return boto3.client(service, **self._access)  # type: ignore[call-overload]

    @property
    def next_name(self) -> str:
        """Of the execution that is run next."""
        return f"a1-1-{self._count + 1}"

    def run(self, workers: Workers, *, without: str = "", **more: object) -> End:
        """One execution for `JOB`, less the field `without`, and what `more` says of it."""
        given = {name: value for name, value in {**JOB, **more}.items() if name != without}
        install(workers, self._port)
        self._count += 1
        execution = self._client.start_execution(
            stateMachineArn=self._machine, name=f"a1-1-{self._count}", input=json.dumps(given)
        )["executionArn"]
        pause = threading.Event()
        while (described := self._client.describe_execution(executionArn=execution))["status"] == "RUNNING":
            pause.wait(0.05)
        return End(described["status"], described.get("error"), described.get("cause"))


@contextmanager
def running_engine(definition: Mapping[str, Any]) -> Iterator[Engine]:
    """An engine on a port of its own."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        yield Engine(port, definition)
    finally:
        server.stop()
