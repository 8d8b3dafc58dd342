"""Makes moto's Step Functions engine as strict as AWS where our state machines depend on it.

moto runs the synthesized definition; six things differ from AWS and are put right here, and nowhere else:

1. Its tasks make a new boto3 client (0.1 CPU-seconds) for every call and go through HTTP: Lambda and ECS tasks
   are handed straight to this process' services instead, other clients are made once.
2. `ecs:runTask.sync` polls twice a second, takes any stopped task for a success and drops the capacity provider
   strategy. AWS waits for the event and fails the state with the task's description as its cause.
3. A Distributed Map forgives failed items. In AWS it tolerates none unless told to, and ends the others.
4. A `States.…` error that leaves a Map or Parallel turns into `States.Runtime`, its name lost.
5. The items of a map race for their first task (`map_order`).
6. It keeps a reference to every thread and parses the definition (0.1 s and more) anew for every execution.
"""

from __future__ import annotations

import local.lean_imports  # noqa: F401  (before the engine's own imports)

# isort: split
import datetime
import functools
import io
import json
import logging
from collections.abc import Mapping
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.config import default_user_config
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader.eval import resource_eval_s3
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import distributed_iteration_component
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor import (
    distributed_item_processor_worker,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
    state_task_service_ecs,
    state_task_service_events,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.utils import TMP_THREADS

from local.differences import ACCESS_KEY, SECRET_KEY
from local.map_order import StartingOrder, arrive
from local.sdk_calls import make_sdk_calls_strict

# an aborted state is noticed by its waiting task within this time; a finished task wakes it at once
_ABORT_CHECK_SECONDS = 1.0
_TOLERATED_FAILURE = "States.ExceedToleratedFailureThreshold"

logger = logging.getLogger(__name__)


class Services(Protocol):
    """What the engine's threads ask of this process. All methods block and may be called from any thread."""

    def invoke(self, function: str, payload: bytes) -> tuple[bytes, bool]:
        """The function's answer and whether it failed. Raises ServiceError."""

    def run_task(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Starts a task; returns ECS' description. Raises ServiceError."""

    def wait_task(self, arn: str, seconds: float) -> dict[str, Any] | None:
        """The description once the task has stopped, or None when `seconds` have passed."""

    def stop_task(self, arn: str, reason: str) -> None: ...


class ServiceError(Exception):
    """A refusal by a service, with its code and HTTP status."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def install(services: Services, aws_port: int) -> None:
    """Once per process, before the first state machine is made; a later call replaces the services."""
    default_user_config["stepfunctions"]["execute_state_machine"] = True
    client_for = functools.cache(functools.partial(_client, services, aws_port))

    def boto_client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        TMP_THREADS.clear()  # every thread ever started, and nobody reads it
        return client_for(service, region)

    for module in (lambda_eval_utils, resource_eval_s3, state_task_service_aws_sdk, state_task_service_events):
        module.boto_client_for = boto_client_for
    _make_tasks_strict(services)
    _make_maps_strict()
    make_sdk_calls_strict()
    # it refuses the names that its own branches pass up through it
    CustomErrorName.__init__ = ErrorName.__init__
    _keep_little()


def _client(services: Services, aws_port: int, service: str, region: str) -> Any:
    if service == "lambda":
        return _LambdaClient(services)
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=region,
        endpoint_url=f"http://127.0.0.1:{aws_port}",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(max_pool_connections=64, connect_timeout=5, read_timeout=60, s3={"addressing_style": "path"}),
    )


class _LambdaClient:
    """The one method of boto3's client that the engine calls."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def invoke(self, FunctionName: str, Payload: bytes = b"{}", **_: Any) -> dict[str, Any]:  # noqa: N803
        arrive()
        try:
            payload, failed = self._services.invoke(FunctionName, Payload)
        except ServiceError as error:
            raise _client_error(error, "Invoke") from error
        response: dict[str, Any] = {
            "StatusCode": 200,
            "ExecutedVersion": "$LATEST",
            "Payload": io.BytesIO(payload or b"null"),
        }
        return {**response, "FunctionError": "Unhandled"} if failed else response


def _client_error(error: ServiceError, operation: str) -> ClientError:
    metadata: Any = {"HTTPStatusCode": error.status, "RequestId": ""}
    return ClientError({"Error": {"Code": error.code, "Message": str(error)}, "ResponseMetadata": metadata}, operation)


def _make_tasks_strict(services: Services) -> None:
    parameters = state_task_service_ecs._SUPPORTED_API_PARAM_BINDINGS["runtask"]
    parameters.update({"CapacityProviderStrategy", "ReferenceId", "Tags", "VolumeConfigurations"})
    kind = state_task_service_ecs.StateTaskServiceEcs

    def start(
        self: Any,
        env: Any,
        resource_runtime_part: Any,
        normalised_parameters: dict[str, Any],
        state_credentials: Any,
    ) -> None:
        arrive()
        try:
            task = services.run_task(_recase(normalised_parameters, str.lower))
        except ServiceError as error:
            raise _failed(self, env, f"ECS.{error.code}", str(error)) from error
        env.stack.append({"Tasks": [_recase(task, str.upper)], "Failures": []})

    def wait_for_end(
        self: Any,
        env: Any,
        resource_runtime_part: Any,
        normalised_parameters: dict[str, Any],
        state_credentials: Any,
    ) -> Any:
        arn = env.stack.pop()["Tasks"][0]["TaskArn"]

        def resolve() -> dict[str, Any] | None:
            while env.is_running():
                stopped = services.wait_task(arn, _ABORT_CHECK_SECONDS)
                if stopped is not None:
                    return _judged(self, env, _recase(stopped, str.upper))
            # the state has timed out or its execution was aborted: AWS then stops the task
            services.stop_task(arn, "Stopped by Step Functions")
            return None

        return resolve

    kind._eval_service_task = start
    kind._build_sync_resolver = wait_for_end


def _judged(state: Any, env: Any, task: dict[str, Any]) -> dict[str, Any]:
    codes = [container.get("ExitCode") for container in task["Containers"]]
    if all(code == 0 for code in codes):
        return task
    cause = json.dumps(task, separators=(",", ":"))
    raise _failed(state, env, StatesErrorNameType.StatesTaskFailed, cause)


def _failed(state: Any, env: Any, error: Any, cause: str) -> FailureEventException:
    named = isinstance(error, StatesErrorNameType)
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=StatesErrorName(typ=error) if named else CustomErrorName(error_name=error),
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(
                taskFailedEventDetails=TaskFailedEventDetails(
                    error=error.to_name() if named else error,
                    cause=cause,
                    resource=state._get_sfn_resource(),
                    resourceType=state._get_sfn_resource_type(),
                )
            ),
        )
    )


# keys below these are the caller's own words (variables, labels), not names of the API
_OPAQUE = frozenset({"labels", "tags", "options", "Labels", "Tags", "Options"})


def _recase(value: Any, change: Any) -> Any:
    """Keys of an ECS structure with another first letter: Step Functions writes `TaskArn`, ECS `taskArn`."""
    if isinstance(value, list):
        return [_recase(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    return {change(key[:1]) + key[1:]: item if key in _OPAQUE else _recase(item, change) for key, item in value.items()}


def _make_maps_strict() -> None:
    worker = distributed_item_processor_worker.DistributedItemProcessorWorker
    component = distributed_iteration_component.DistributedIterationComponent
    if getattr(worker, "_marquee", False):
        return
    worker._marquee = True
    run_item, run_map = worker._eval_job, component._map_run

    def run_item_strictly(self: Any, env: Any, job: Any) -> None:
        order = vars(self._job_pool).setdefault("starting_order", StartingOrder())
        with order.turn(job.job_index):
            run_item(self, env, job)
        if not isinstance(env.program_state(), ProgramEnded):
            job.job_output = FailureEventException(
                FailureEvent(
                    env=env,
                    error_name=CustomErrorName(error_name=_TOLERATED_FAILURE),
                    event_type=HistoryEventType.MapRunFailed,
                    event_details=EventDetails(
                        executionFailedEventDetails={
                            "error": _TOLERATED_FAILURE,
                            "cause": "The specified tolerated failure threshold was exceeded",
                        }
                    ),
                )
            )

    def run_map_strictly(self: Any, env: Any, eval_input: Any) -> None:
        try:
            run_map(self, env, eval_input)
        except Exception:
            now = datetime.datetime.now(tz=datetime.UTC)
            for frame in list(env._frames):  # the items that still run
                frame.set_stop(stop_date=now, cause=None, error=None)
            raise

    worker._eval_job = run_item_strictly
    component._map_run = run_map_strictly


def _keep_little() -> None:
    if not isinstance(AmazonStateLanguageParser.parse, functools._lru_cache_wrapper):
        # a parsed program is not changed by running it: maps share theirs between threads, too
        AmazonStateLanguageParser.parse = staticmethod(functools.lru_cache(16)(AmazonStateLanguageParser.parse))
