"""The AWS account that an environment lives in, or the local cloud's stand-in for one.

The only module of the command line that uses the AWS SDK, and only in commands that name an environment: its
import costs more than most commands take.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cli.endpoint import DEFAULT_SITE, EndpointError

LOCAL = "local"  # the environment that runs on this machine
LOCAL_TEMPLATES = "dev"  # whose templates it runs
Outputs = dict[str, dict[str, str]]


class ControlPlane:
    """Clients for the account that the shell's credentials open (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL …)."""

    def __init__(self, environment: str) -> None:
        """`environment`: `dev`, `staging`, `prod`, or `local`. All that is its own is named with `prefix`."""
        self.environment = environment
        name = LOCAL_TEMPLATES if environment == LOCAL else environment
        self.prefix = f"Marquee-{name}-"

    def client(self, service: str) -> Any:
        """A boto3 client; use it within `told`."""
        import boto3  # noqa: TID251 -- this module is where it may be
        from botocore.config import Config

        patience = Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 4, "mode": "standard"})
        # the SDK for Python asks only AWS_DEFAULT_REGION
        given = _local_account() if self.environment == LOCAL else {"region_name": os.environ.get("AWS_REGION")}
        return boto3.client(service, config=patience, **given)  # type: ignore[call-overload]

    def outputs(self) -> Outputs:
        """Outputs of the environment's stacks by the stack's short name (`Delivery`, …); without what stacks only
        tell one another.

        They come from the file MARQUEE_OUTPUTS (as `cdk deploy --outputs-file` writes it), else from CloudFormation.
        Raises `EndpointError`.
        """
        file = os.environ.get("MARQUEE_OUTPUTS")
        found = _read_outputs(Path(file)) if file else self._ask_for_outputs()
        ours = {
            stack.removeprefix(self.prefix): {k: v for k, v in values.items() if not k.startswith("ExportsOutput")}
            for stack, values in found.items()
            if stack.startswith(self.prefix)
        }
        if not ours and file:
            raise EndpointError(f"{file} (MARQUEE_OUTPUTS) says nothing of {self.environment}.", code="not_deployed")
        if not ours:
            raise self.is_not_there()
        return ours

    def is_not_there(self) -> EndpointError:
        """What to say when nothing of the environment is found."""
        return EndpointError(f"There is no {self.environment} in this account and region.", code="not_deployed")

    def output(self, stack: str, name: str) -> str:
        """Raises `EndpointError`."""
        try:
            return self.outputs()[stack][name]
        except KeyError as error:
            raise EndpointError(f"{self.prefix}{stack} has no output {name}.", code="not_deployed") from error

    def _ask_for_outputs(self) -> Outputs:
        with told():
            pages = self.client("cloudformation").get_paginator("describe_stacks").paginate()
            return {
                stack["StackName"]: {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", ())}
                for page in pages
                for stack in page["Stacks"]
            }


@contextmanager
def told() -> Iterator[None]:
    """The SDK's errors as `EndpointError` with a sentence."""
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

    try:
        yield
    except ClientError as error:
        refused = error.response["Error"]
        raise EndpointError(f"AWS refused: {refused.get('Message')}", code=str(refused.get("Code"))) from error
    except EndpointConnectionError as error:
        raise _nobody_at(str(error.kwargs["endpoint_url"])) from error
    except BotoCoreError as error:
        raise EndpointError(f"AWS was not asked: {error}", code="no_account") from error


def site_of(environment: str) -> str:
    """The address of an environment's site. Raises `EndpointError`."""
    return local_site() if environment == LOCAL else ControlPlane(environment).output("Delivery", "Url")


def local_site() -> str:
    return os.environ.get("MARQUEE_ENDPOINT", DEFAULT_SITE)


def _local_account() -> dict[str, Any]:
    from local.differences import ACCESS_KEY, SECRET_KEY
    from local.references import REGION

    port = (urlsplit(local_site()).port or 8080) + 1
    return {
        "endpoint_url": f"http://127.0.0.1:{port}",
        "aws_access_key_id": ACCESS_KEY,
        "aws_secret_access_key": SECRET_KEY,
        "region_name": REGION,
    }


def _nobody_at(address: str) -> EndpointError:
    if not address.startswith(_local_account()["endpoint_url"]):
        return EndpointError(f"AWS was not asked: nobody answers at {address}.", code="no_account")
    return EndpointError(
        f"No local cloud runs at {local_site()}: start one with `marquee up`, name its address in MARQUEE_ENDPOINT, "
        "or a deployed environment with --env.",
        code="unreachable",
    )


def _read_outputs(file: Path) -> Outputs:
    try:
        found = json.loads(file.read_text())
        return {str(stack): {str(name): str(value) for name, value in each.items()} for stack, each in found.items()}
    except OSError as error:
        raise EndpointError(f"MARQUEE_OUTPUTS cannot be read: {error}", code="not_deployed") from error
    except (ValueError, AttributeError) as error:
        sentence = f"{file} (MARQUEE_OUTPUTS) is not what `cdk deploy --outputs-file` writes."
        raise EndpointError(sentence, code="not_deployed") from error
