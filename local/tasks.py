"""Fargate: a task is its containers' entries as processes, with ECS' statuses, exit codes and stop reasons."""

from __future__ import annotations

import asyncio
import collections
import json
import signal
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.model import Container, TaskDefinition
from local.slots import FARGATE_NEXT, ComputeSlots
from local.spawn import Process, spawn
from local.warden import Warden

_REMEMBERED_TASKS = 2000


class TaskError(Exception):
    """A request that ECS would refuse; `code` is its exception's name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Task:
    """One run of a task definition."""

    arn: str
    cluster_arn: str
    definition: TaskDefinition
    request: Mapping[str, Any]
    created_at: float = field(default_factory=time.time)
    started_at: float | None = None
    stopped_at: float | None = None
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    stop_code: str | None = None
    stopped_reason: str | None = None
    exit_codes: dict[str, int] = field(default_factory=dict)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    stop_asked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def id(self) -> str:
        return self.arn.rsplit("/", 1)[-1]

    def describe(self) -> dict[str, Any]:
        """ECS' `Task` structure; times in Unix seconds."""
        provider = self.request.get("capacityProviderStrategy") or [{}]
        described = {
            "taskArn": self.arn,
            "clusterArn": self.cluster_arn,
            "taskDefinitionArn": self.definition.arn,
            "lastStatus": self.last_status,
            "desiredStatus": self.desired_status,
            "launchType": self.request.get("launchType") or "FARGATE",
            "capacityProviderName": provider[0].get("capacityProvider"),
            "startedBy": self.request.get("startedBy"),
            "group": self.request.get("group") or f"family:{self.definition.family}",
            "cpu": self.definition.cpu,
            "memory": self.definition.memory,
            "createdAt": self.created_at,
            "startedAt": self.started_at,
            "stoppedAt": self.stopped_at,
            "stopCode": self.stop_code,
            "stoppedReason": self.stopped_reason,
            "overrides": self.request.get("overrides") or {},
            "containers": [self._container(container) for container in self.definition.containers],
        }
        return {key: value for key, value in described.items() if value is not None}

    def _container(self, container: Container) -> dict[str, Any]:
        described: dict[str, Any] = {
            "containerArn": f"{self.arn}/{container.name}",
            "taskArn": self.arn,
            "name": container.name,
            "lastStatus": self.last_status,
        }
        if container.name in self.exit_codes:
            described["exitCode"] = self.exit_codes[container.name]
        return described


class TaskService:
    """ECS' data plane for the given task definitions (by ARN). Use from one event loop.

    `read_secret` gives the text behind a `valueFrom`.
    """

    def __init__(
        self,
        definitions: Mapping[str, TaskDefinition],
        *,
        log_directory: Path,
        slots: ComputeSlots,
        read_secret: Callable[[str], str],
        warden: Warden | None = None,
    ) -> None:
        self._definitions = definitions
        self._log_directory = log_directory
        self._slots = slots
        self._read_secret = read_secret
        self._warden = warden
        self._tasks: collections.OrderedDict[str, Task] = collections.OrderedDict()
        self._running: dict[str, asyncio.Task[None]] = {}

    async def close(self) -> None:
        """Ends everything that runs, at once."""
        runs = list(self._running.values())
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)

    def run_task(self, request: Mapping[str, Any]) -> Task:
        """RunTask with `count` 1; the task waits as PROVISIONING for one of the machine's slots."""
        definition = self._definition(request.get("taskDefinition", ""))
        cluster = request.get("cluster") or "default"
        prefix, name = definition.arn.split(":task-definition/")[0], cluster.rsplit("/", 1)[-1]
        arn = f"{prefix}:task/{name}/{uuid.uuid4().hex}"
        task = Task(arn, f"{prefix}:cluster/{name}", definition, request)
        self._tasks[task.id] = task
        self._forget_old()
        self._running[task.id] = asyncio.get_running_loop().create_task(self._run(task))
        return task

    def find(self, arn_or_id: str) -> Task | None:
        return self._tasks.get(arn_or_id.rsplit("/", 1)[-1])

    def stop_task(self, arn_or_id: str, reason: str) -> Task:
        """Asks a task to stop: SIGTERM now, SIGKILL after its stop timeout."""
        task = self.find(arn_or_id)
        if task is None:
            raise TaskError("InvalidParameterException", "The referenced task was not found.")
        if task.desired_status != "STOPPED":
            task.desired_status = "STOPPED"
            task.stop_code, task.stopped_reason = "UserInitiated", reason
            if task.started_at is None:
                self._running[task.id].cancel()
            task.stop_asked.set()
        return task

    def tasks(self) -> list[Task]:
        return list(self._tasks.values())

    def _definition(self, reference: str) -> TaskDefinition:
        family = reference.rsplit("/", 1)[-1].split(":", 1)[0]
        for arn, definition in self._definitions.items():
            if reference == arn or family == definition.family:
                return definition
        raise TaskError("ClientException", "Unable to describe task definition.")

    def _forget_old(self) -> None:
        while len(self._tasks) > _REMEMBERED_TASKS and next(iter(self._tasks.values())).stopped.is_set():
            self._tasks.popitem(last=False)

    async def _run(self, task: Task) -> None:
        try:
            async with self._slots.hold(FARGATE_NEXT):
                await self._run_containers(task)
        finally:
            # also when it was cancelled while it waited
            task.last_status = task.desired_status = "STOPPED"
            task.stopped_at = time.time()
            task.stopped.set()
            self._running.pop(task.id, None)

    async def _run_containers(self, task: Task) -> None:
        task.last_status = "PENDING"
        try:
            processes = [(c, self._start(task, c)) for c in task.definition.containers]
        except (OSError, LookupError) as error:
            task.stop_code, task.stopped_reason = "TaskFailedToStart", f"CannotStartContainerError: {error}"
            return
        task.last_status, task.started_at = "RUNNING", time.time()
        try:
            await _first_essential_end(processes, task.stop_asked)
            await self._end_all(task, processes)
        finally:
            for _, process in processes:
                process.send_to_group(signal.SIGKILL)
        if task.stop_code is None:
            task.stop_code, task.stopped_reason = "EssentialContainerExited", "Essential container in task exited"

    async def _end_all(self, task: Task, processes: list[tuple[Container, Process]]) -> None:
        task.last_status = "DEPROVISIONING"
        codes = await asyncio.gather(*(p.stop(seconds=c.stop_seconds) for c, p in processes))
        for (container, _), code in zip(processes, codes, strict=True):
            # as a container's exit code: 128 + the signal that ended it
            task.exit_codes[container.name] = code if code >= 0 else 128 - code

    def _start(self, task: Task, container: Container) -> Process:
        overrides = (task.request.get("overrides") or {}).get("containerOverrides", ())
        override: Mapping[str, Any] = next((o for o in overrides if o.get("name") == container.name), {})
        environment = {
            **container.environment,
            **{name: self._secret(reference) for name, reference in container.secrets.items()},
            **{item["name"]: item["value"] for item in override.get("environment", ())},
        }
        return spawn(
            f"{task.definition.family}/{container.name}",
            [*container.entry, *override.get("command", container.command)],
            env=environment,
            cwd=container.directory,
            log_path=self._log_directory / f"{container.log_group or task.definition.family}.log",
            warden=self._warden,
            nice=15,  # in AWS they have machines of their own: here they give way
        )

    def _secret(self, reference: str) -> str:
        """`arn:aws:secretsmanager:region:account:secret:name[:json key:stage:id]`."""
        parts = reference.split(":")
        text = self._read_secret(":".join(parts[:7]))
        key = parts[7] if len(parts) > 7 else ""
        return str(json.loads(text)[key]) if key else text


async def _first_essential_end(processes: list[tuple[Container, Process]], stop_asked: asyncio.Event) -> None:
    ends: list[asyncio.Future[Any]] = [asyncio.ensure_future(p.wait()) for c, p in processes if c.essential]
    ends.append(asyncio.ensure_future(stop_asked.wait()))
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for end in ends:
            end.cancel()
