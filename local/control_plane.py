"""The rest of AWS' control plane: moto's server in this process, filled from the templates at every start.

What it holds lives in memory. Everything in it is made again from the templates; running executions are not, and
the reconcile schedule, which is due at once at the start, begins them anew.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any, TypeVar

import boto3
from botocore.config import Config

from local.differences import ACCESS_KEY, SECRET_KEY
from local.functions.outcome import RequestTooLargeError, TooManyRequestsError, UnknownFunctionError
from local.functions.service import LambdaService
from local.model import System
from local.references import Platform
from local.step_functions import ServiceError, install
from local.tasks import TaskError, TaskService
from local.wsgi import WsgiBridge

_THREADS = 16
_T = TypeVar("_T")


class EngineServices:
    """The engine's way from its threads into the event loop."""

    def __init__(self, functions: LambdaService, tasks: TaskService) -> None:
        self._loop = asyncio.get_running_loop()
        self._functions = functions
        self._tasks = tasks
        self._closed = False
        self._waiting: set[concurrent.futures.Future[Any]] = set()

    def close(self) -> None:
        """Lets no step of a state machine go on: what it would do now would be taken for the film's failure."""
        self._closed = True
        for future in list(self._waiting):
            future.cancel()

    def invoke(self, function: str, payload: bytes) -> tuple[bytes, bool]:
        try:
            outcome = self._run(self._functions.invoke(function, payload, limited=False))
        except UnknownFunctionError as error:
            raise ServiceError("ResourceNotFoundException", str(error), 404) from error
        except TooManyRequestsError as error:
            raise ServiceError("TooManyRequestsException", "Rate Exceeded.", 429) from error
        except RequestTooLargeError as error:
            raise ServiceError("RequestTooLargeException", str(error), 413) from error
        return outcome.payload, outcome.failed

    def run_task(self, request: Mapping[str, Any]) -> dict[str, Any]:
        async def run() -> dict[str, Any]:
            return self._tasks.run_task(request).describe()

        try:
            return self._run(run())
        except TaskError as error:
            raise ServiceError(error.code, str(error), 400) from error

    def wait_task(self, arn: str, seconds: float) -> dict[str, Any] | None:
        async def wait() -> dict[str, Any] | None:
            task = self._tasks.find(arn)
            if task is None:
                raise ServiceError("InvalidParameterException", f"there is no task {arn}", 400)
            try:
                async with asyncio.timeout(seconds):
                    await task.stopped.wait()
            except TimeoutError:
                return None
            return task.describe()

        return self._run(wait())

    def stop_task(self, arn: str, reason: str) -> None:
        async def stop() -> None:
            self._tasks.stop_task(arn, reason)

        self._run(stop())

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        if self._closed:
            work.close()
            raise ServiceError("ServiceUnavailable", "the local cloud is stopping", 503)
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._waiting.add(future)
        try:
            return future.result()
        except concurrent.futures.CancelledError as error:
            raise ServiceError("ServiceUnavailable", "the local cloud is stopping", 503) from error
        finally:
            self._waiting.discard(future)


def start_moto(services: EngineServices, aws_port: int) -> WsgiBridge:
    """moto's server as a WSGI application, its engine bound to our services."""
    # its engine reads the port from the environment
    os.environ["MOTO_PORT"] = str(aws_port)
    from moto.core.base_backend import BackendDict
    from moto.core.model_instances import reset_model_data
    from moto.server import DomainDispatcherApplication, create_backend_app

    BackendDict.reset()  # its state belongs to the process, and this may not be its first cloud
    reset_model_data()
    install(services, aws_port)
    return WsgiBridge(DomainDispatcherApplication(create_backend_app), _THREADS)


class ControlPlane:
    """Clients for, and the filling of, the control plane behind the AWS port."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._session = boto3.Session(
            aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=platform.region
        )

    def client(self, service: str) -> Any:
        """A boto3 client; its calls block."""
        return self._session.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self._platform.aws_endpoint,
            config=Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 3, "mode": "standard"}),
        )

    def provision(self, system: System, secrets: Mapping[str, str]) -> None:
        """Makes queues, buses, secrets, parameters and state machines; `secrets` are values by ARN. Blocks."""
        self._make_queues(system)
        self._make_buses(system)
        self._make_secrets(system, secrets)
        self.put_parameters(system)
        if system.state_machines:
            states = self.client("stepfunctions")
            for machine in system.state_machines:
                states.create_state_machine(
                    name=machine.name, definition=machine.definition, roleArn=machine.role_arn, type=machine.type
                )

    def read_secrets(self, system: System) -> dict[str, str]:
        """The values of all secrets by ARN, as functions may have changed them. Blocks."""
        client = self.client("secretsmanager")
        return {s.arn: client.get_secret_value(SecretId=s.arn)["SecretString"] for s in system.secrets}

    def put_parameters(self, system: System) -> None:
        """Blocks."""
        if not system.parameters:
            return
        ssm = self.client("ssm")
        for name, value in system.parameters.items():
            ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)

    def _make_queues(self, system: System) -> None:
        if not system.queues:
            return
        sqs = self.client("sqs")
        for queue in _dead_letter_queues_first(system):
            sqs.create_queue(QueueName=queue.name, Attributes=dict(queue.attributes))

    def _make_buses(self, system: System) -> None:
        if not system.event_buses:
            return
        events = self.client("events")
        for name in system.event_buses:
            events.create_event_bus(Name=name)
        for rule in system.event_rules:
            events.put_rule(Name=rule.name, EventBusName=rule.bus_name, EventPattern=rule.pattern)
            targets = [{"Id": str(number), "Arn": arn} for number, arn in enumerate(rule.queue_arns)]
            events.put_targets(Rule=rule.name, EventBusName=rule.bus_name, Targets=targets)

    def _make_secrets(self, system: System, values: Mapping[str, str]) -> None:
        if not system.secrets:
            return
        from moto.secretsmanager.models import secretsmanager_backends

        client = self.client("secretsmanager")
        backend = secretsmanager_backends[self._platform.account][self._platform.region]
        for secret in system.secrets:
            client.create_secret(Name=secret.name, SecretString=values[secret.arn])
            # moto ends ARNs in random letters; templates have resolved to ours
            backend.secrets[secret.name].arn = secret.arn


def _dead_letter_queues_first(system: System) -> Iterable[Any]:
    return sorted(system.queues, key=lambda queue: "RedrivePolicy" in queue.attributes)
