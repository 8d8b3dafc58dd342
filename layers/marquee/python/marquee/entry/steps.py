"""Entry of the state machine's steps: input model in, pointers out, errors by the names the machine knows.

Step Functions retries and catches by the exact class name of what a Lambda raises, so that only four
names leave a step: `PermanentError` (its text is JSON `{code, message}`), `InterruptedWork`,
`TransientError` and, for anything that is a bug, `InternalError`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from pydantic import BaseModel

from marquee.domain.errors import InterruptedWork, PermanentError, TransientError
from marquee.domain.messages import check_schema
from marquee.entry.logs import begin_invocation, keys_of_work
from marquee.entry.xray import annotations_of, subsegment

Input = TypeVar("Input", bound=BaseModel)
Payload = Mapping[str, Any]


class InternalError(Exception):
    """A bug: something was raised that nobody foresaw. Retried a little, then the job fails with it."""


def step(
    input_type: type[Input],
) -> Callable[[Callable[[Input], BaseModel | None]], Callable[[Payload, object], Any]]:
    """Decorate `handler(input) -> answer` into a Lambda handler of a step."""

    def decorate(handler: Callable[[Input], BaseModel | None]) -> Callable[[Payload, object], Any]:
        @wraps(handler)
        def lambda_handler(event: Payload, context: object) -> Any:
            about = keys_of_work(event)
            logger = begin_invocation(context, **about)
            try:
                with subsegment(logger.service, annotations_of(about)):
                    check_schema(event)
                    answer = handler(input_type.model_validate(event))
            except Exception as error:
                known = as_step_error(error)
                logger.exception("step failed", error_name=type(known).__name__)
                raise known from error
            logger.info("step done")
            return None if answer is None else answer.model_dump(mode="json")

        return lambda_handler

    return decorate


def as_step_error(error: Exception) -> Exception:
    """The error of the four known names that stands for `error`."""
    if isinstance(error, PermanentError):
        return PermanentError(json.dumps({"code": error.code, "message": error.message}), code=error.code)
    if isinstance(error, InterruptedWork):
        return InterruptedWork(error.message)
    if isinstance(error, TransientError):
        return TransientError(error.message)
    return InternalError(f"{type(error).__name__}: {error}")
