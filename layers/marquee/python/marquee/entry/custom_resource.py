"""Entry of functions that make a custom resource: CloudFormation calls, and waits for an answer at an address.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import urllib3
from pydantic import BaseModel

from marquee.entry.logs import begin_invocation

TIMEOUT = urllib3.Timeout(connect=5.0, read=10.0)
RETRIES = urllib3.Retry(4, backoff_factor=0.2, backoff_jitter=0.2, backoff_max=5.0, allowed_methods=None)
LONGEST_REASON = 1000

Request = TypeVar("Request", bound=BaseModel)
Send = Callable[[str, bytes], None]


def put_answer(url: str, body: bytes) -> None:
    """Raises OSError when it is not taken: the function's log then says why CloudFormation waits in vain."""
    # The address is signed for requests without a type.
    answer = urllib3.request("PUT", url, body=body, headers={"Content-Type": ""}, timeout=TIMEOUT, retries=RETRIES)
    if answer.status >= 300:
        raise OSError(f"CloudFormation's address refused the answer: {answer.status}")


def custom_resource(
    request_type: type[Request], make: Callable[[Request], Mapping[str, str]], *, name: str, send: Send = put_answer
) -> Callable[[Mapping[str, Any], Any], None]:
    """A Lambda handler that makes a resource by its properties; what `make` gives are its attributes.

    There is always an answer: without one CloudFormation waits for an hour. Deleting does nothing; what was made
    lies in resources that the stack deletes itself.
    """

    def lambda_handler(event: Mapping[str, Any], context: Any) -> None:
        logger = begin_invocation(context, request_id=event["RequestId"])
        answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
        answer["PhysicalResourceId"] = event.get("PhysicalResourceId", name)
        try:
            data = {} if event["RequestType"] == "Delete" else make(request_type.model_validate(_given(event)))
            answer |= {"Status": "SUCCESS", "Data": data}
        except Exception as error:
            logger.exception("custom resource failed", exc_info=error)
            answer |= {"Status": "FAILED", "Reason": f"{type(error).__name__}: {error}"[:LONGEST_REASON]}
        send(event["ResponseURL"], json.dumps(answer).encode())

    return lambda_handler


def _given(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event["ResourceProperties"].items() if name != "ServiceToken"}
