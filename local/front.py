"""The one AWS port: tells by a request's SigV4 scope which service it is for, and hands it over."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from local.edge.key_values import KeyValueStores
from local.functions.aliases import FunctionAliases
from local.functions.outcome import RequestTooLargeError, TooManyRequestsError, UnknownFunctionError
from local.functions.service import LambdaService
from local.log_service import LogService
from local.machine_releases import MachineReleases
from local.stacks import StackDescriptions
from local.tasks import Task, TaskError, TaskService
from local.wsgi import WsgiBridge

# control-plane requests are small; data goes to the object store, which streams
MAX_BODY_BYTES = 16 * 1024 * 1024

# Signature Version 4A names no region
_SCOPE = re.compile(r"Credential=[^/,\s]+/\d{8}(?:/[^/]+)?/([^/]+)/aws4_request")
_PRESIGNED_SCOPE = re.compile(r"[^/]+/\d{8}/[^/]+/([^/]+)/aws4_request")
_INVOKE = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# is told the service, too, and gives None for what is not for it
Beside = Callable[[web.Request, str], Awaitable[web.StreamResponse | None]]


def service_of(request: web.Request) -> str:
    """The service that a request was signed for; unsigned requests are for the object store, as in moto."""
    scope = _SCOPE.search(request.headers.get("Authorization", ""))
    if scope is None:
        scope = _PRESIGNED_SCOPE.search(request.query.get("X-Amz-Credential", ""))
    if scope is not None:
        return scope[1]
    target = request.headers.get("X-Amz-Target", "")
    return target.split(".", 1)[0] if target else "s3"


class Front:
    """Classifies and answers. `on_sent` is told the queue's URL and the delay after messages were sent, `on_published`
    that events went to a bus, whose rules may have put them into any queue."""

    def __init__(
        self,
        *,
        objects: Handler,
        functions: LambdaService,
        tasks: TaskService,
        others: WsgiBridge,
        on_sent: Callable[[str, float], None],
        on_published: Callable[[], None],
        key_values: KeyValueStores,
        identity: Beside,
        stacks: StackDescriptions,
        logs: LogService,
        aliases: FunctionAliases,
        machines: MachineReleases,
    ) -> None:
        self._objects = objects
        self._functions = functions
        self._tasks = tasks
        self._others = others
        self._on_sent = on_sent
        self._on_published = on_published
        self._key_values = key_values
        self._identity = identity
        self._stacks = stacks
        self._logs = logs
        self._aliases = aliases
        self._machines = machines

    async def handle(self, request: web.Request) -> web.StreamResponse:
        service = service_of(request)
        identity = await self._identity(request, service)
        if identity is not None:
            return identity
        if service == "s3":
            return await self._objects(request)
        body = await request.read()
        invoked = _INVOKE.fullmatch(request.path) if service == "lambda" else None
        if invoked is not None:
            qualifier = request.query.get("Qualifier")
            name = unquote(invoked[1])
            return await self._invoke(request, f"{name}:{qualifier}" if qualifier else name, body)
        answer = self._answer(request, service, body)
        if answer is not None:
            return answer
        answer = await self._others.handle(request, body)
        self._tell(request.headers.get("X-Amz-Target", ""), body)
        return answer

    def _answer(self, request: web.Request, service: str, body: bytes) -> web.StreamResponse | None:
        """What this cloud does itself; None for what moto answers."""
        action = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        match service:
            case "cloudfront-keyvaluestore":
                return self._key_values.answer(request, body)
            case "cloudformation":
                return self._stacks.answer(body)
            case "ecs":
                return self._ecs(action, body)
            case "lambda":
                return self._aliases.answer(request.method, unquote(request.path), body)
            case "logs":
                return self._logs.answer(action, body)
            case "states":
                return self._machines.answer(action, body)
            case _:
                return None

    def _tell(self, target: str, body: bytes) -> None:
        """Of what has just come into queues."""
        if target.startswith("AmazonSQS.SendMessage"):
            sent = json.loads(body)
            self._on_sent(sent.get("QueueUrl", ""), float(sent.get("DelaySeconds", 0)))
        elif target == "AWSEvents.PutEvents":
            self._on_published()

    async def _invoke(self, request: web.Request, name: str, body: bytes) -> web.Response:
        kind = request.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        try:
            if kind == "Event":
                self._functions.invoke_event(name, body)
                return web.Response(status=202)
            if kind == "DryRun":
                return web.Response(status=204)
            outcome = await self._functions.invoke(name, body)
        except UnknownFunctionError as error:
            return _lambda_error(404, "ResourceNotFoundException", str(error))
        except TooManyRequestsError:
            return _lambda_error(
                429, "TooManyRequestsException", "Rate Exceeded.", "ReservedFunctionConcurrentInvocationLimitExceeded"
            )
        except RequestTooLargeError as error:
            return _lambda_error(413, "RequestTooLargeException", f"Request must be smaller than 6 MiB: {error}")
        headers = {"X-Amz-Executed-Version": outcome.version}
        if outcome.failed:
            headers["X-Amz-Function-Error"] = "Unhandled"
        return web.Response(body=outcome.payload, headers=headers, content_type="application/json")

    def _ecs(self, action: str, body: bytes) -> web.Response | None:
        """None for what moto answers: clusters and task definitions."""
        handler = _ECS_ACTIONS.get(action)
        if handler is None:
            return None
        try:
            return _amz_json(handler(self._tasks, json.loads(body or b"{}")))
        except TaskError as error:
            return _amz_json({"__type": error.code, "message": str(error)}, status=400)


def _lambda_error(status: int, code: str, message: str, reason: str | None = None) -> web.Response:
    body = {"Type": "User", "message": message, **({"Reason": reason} if reason else {})}
    return web.json_response(body, status=status, headers={"x-amzn-ErrorType": code})


def _amz_json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(body), status=status, content_type="application/x-amz-json-1.1")


def _run_task(tasks: TaskService, request: dict[str, Any]) -> dict[str, Any]:
    started = [tasks.run_task(request) for _ in range(int(request.get("count", 1)))]
    return {"tasks": [task.describe() for task in started], "failures": []}


def _describe_tasks(tasks: TaskService, request: dict[str, Any]) -> dict[str, Any]:
    asked = request.get("tasks", [])
    found = {arn: tasks.find(arn) for arn in asked}
    return {
        "tasks": [task.describe() for task in found.values() if task is not None],
        "failures": [{"arn": arn, "reason": "MISSING"} for arn, task in found.items() if task is None],
    }


def _stop_task(tasks: TaskService, request: dict[str, Any]) -> dict[str, Any]:
    return {"task": tasks.stop_task(request["task"], request.get("reason", "")).describe()}


def _list_tasks(tasks: TaskService, request: dict[str, Any]) -> dict[str, Any]:
    wanted = request.get("desiredStatus", "RUNNING")

    def matches(task: Task) -> bool:
        return (
            task.desired_status == wanted
            and request.get("family") in {None, task.definition.family}
            and request.get("startedBy") in {None, task.request.get("startedBy")}
        )

    return {"taskArns": [task.arn for task in tasks.tasks() if matches(task)]}


_ECS_ACTIONS: dict[str, Callable[[TaskService, dict[str, Any]], dict[str, Any]]] = {
    "RunTask": _run_task,
    "DescribeTasks": _describe_tasks,
    "StopTask": _stop_task,
    "ListTasks": _list_tasks,
}
