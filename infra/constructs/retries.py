"""Which errors are tried again. Everything that is not named here is permanent and fails the job at once.

Names of our own errors are the class names that the functions' entry wrapper raises; the others are those of
the Step Functions integrations.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn

PERMANENT = "PermanentError"

LAMBDA_TRANSIENT = [
    "TransientError",
    "InterruptedWork",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",  # the function died: out of memory, or the host did
    "Runtime.ExitError",
    "Sandbox.Timedout",
]
# RunTask was refused or found no capacity; a task that ran and failed is States.TaskFailed, and not here.
ECS_TRANSIENT = [
    "ECS.AmazonECSException",
    "AmazonECS.Unknown",
    "ECS.ServerException",
    "ECS.SdkClientException",
    "ECS.ThrottlingException",
]
# Neither ours nor AWS': a bug. Twice more, for it may depend on what was there at that moment.
BUG = ["InternalError"]


def retry_lambda(state: sfn.TaskStateBase, *, attempts: int = 6, timeouts_too: bool = False) -> None:
    """Transient errors `attempts` times (six take up to a minute of waiting), bugs twice."""
    _retry(
        state,
        [*LAMBDA_TRANSIENT, *(["States.Timeout"] if timeouts_too else [])],
        interval_seconds=1,
        max_attempts=attempts,
        max_delay_seconds=30,
    )
    _retry(state, BUG, interval_seconds=1, max_attempts=2, max_delay_seconds=10)


def retry_run_task(state: sfn.TaskStateBase, *, max_attempts: int) -> None:
    """Refused starts only: what a task's own failure means is read from its exit code."""
    _retry(state, ECS_TRANSIENT, interval_seconds=2, max_attempts=max_attempts, max_delay_seconds=60)


def retry_service(state: sfn.TaskStateBase, service: str) -> None:
    """Throttling and faults of a service that the machine calls itself."""
    names = ("LimitExceededException", "InternalFailureException", "SdkClientException", "ThrottlingException")
    _retry(
        state,
        [f"{service}.{name}" for name in names],
        interval_seconds=5,
        max_attempts=6,
        max_delay_seconds=60,
    )


def _retry(
    state: sfn.TaskStateBase,
    errors: list[str],
    *,
    interval_seconds: int,
    max_attempts: int,
    max_delay_seconds: int,
) -> None:
    state.add_retry(
        errors=errors,
        interval=Duration.seconds(interval_seconds),
        backoff_rate=2,
        max_attempts=max_attempts,
        max_delay=Duration.seconds(max_delay_seconds),
        jitter_strategy=sfn.JitterType.FULL,
    )
