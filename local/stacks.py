"""CloudFormation as far as it is asked here: what the stacks' outputs are."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from aiohttp import web

from local.references import Platform, short_hash

_NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
# When a stack was made is not kept, and clients want a moment.
_CREATED = "2026-01-01T00:00:00Z"

Outputs = Mapping[str, Mapping[str, str]]


def stack_id(platform: Platform, stack: str) -> str:
    """The stack's ARN, which `AWS::StackId` gives."""
    return f"arn:aws:cloudformation:{platform.region}:{platform.account}:stack/{stack}/{short_hash(stack, 32)}"


class StackDescriptions:
    """Answers DescribeStacks from `outputs` (by stack, then name); all else of CloudFormation is refused."""

    def __init__(self, outputs: Outputs, platform: Platform) -> None:
        self._outputs = outputs
        self._platform = platform

    def answer(self, body: bytes) -> web.Response:
        asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if asked.get("Action") != "DescribeStacks":
            return _refusal("InvalidAction", f"{asked.get('Action')} is not done here: `marquee up` deploys")
        name = asked.get("StackName")
        if name is not None and name not in self._outputs:
            return _refusal("ValidationError", f"Stack with id {name} does not exist")
        members = "".join(
            self._stack(stack, outputs) for stack, outputs in self._outputs.items() if name in (None, stack)
        )
        return _xml(
            f'<DescribeStacksResponse xmlns="{_NAMESPACE}"><DescribeStacksResult><Stacks>{members}</Stacks>'
            "</DescribeStacksResult></DescribeStacksResponse>"
        )

    def _stack(self, stack: str, outputs: Mapping[str, str]) -> str:
        members = "".join(
            f"<member><OutputKey>{escape(key)}</OutputKey><OutputValue>{escape(value)}</OutputValue></member>"
            for key, value in outputs.items()
        )
        return (
            f"<member><StackName>{escape(stack)}</StackName><StackId>{stack_id(self._platform, stack)}</StackId>"
            f"<CreationTime>{_CREATED}</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>"
            f"<Outputs>{members}</Outputs></member>"
        )


def _refusal(code: str, message: str) -> web.Response:
    return _xml(
        f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code>'
        f"<Message>{escape(message)}</Message></Error></ErrorResponse>",
        status=400,
    )


def _xml(text: str, *, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/xml")
