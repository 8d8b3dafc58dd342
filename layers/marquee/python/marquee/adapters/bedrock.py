"""Models of Amazon Bedrock: one signed request a question; and a language model that answers in a form
(`domain.analysis_services.LanguageModel`)."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pydantic import Field, ValidationError
from urllib3 import BaseHTTPResponse

from marquee.adapters.aws import Endpoint, Requests
from marquee.domain.analysis_services import ModelRefused
from marquee.domain.errors import PermanentError, TransientError
from marquee.domain.media import Model

READ_TIMEOUT_SECONDS = 90
ATTEMPTS = 3
_FORM = "describe_film"
_TRANSIENT = frozenset({"ModelTimeoutException", "ModelNotReadyException", "ModelStreamErrorException"})

logger = logging.getLogger("marquee.analysis")


class BedrockRuntime:
    """Asks models. Safe to use from several threads."""

    def __init__(self, *, read_timeout_seconds: float = READ_TIMEOUT_SECONDS) -> None:
        self._endpoint = Endpoint.of("BEDROCK_RUNTIME", "bedrock-runtime")
        self._requests = Requests(
            "Bedrock", "bedrock", self._endpoint, attempts=ATTEMPTS, read_timeout_seconds=read_timeout_seconds
        )

    def ask(self, model_id: str, operation: str, body: Mapping[str, Any]) -> Any:
        """The JSON answer of `operation` (`converse`, `invoke`). Raises TransientError when the model is busy,
        PermanentError for what is refused and for an answer that is no JSON."""
        answer = self._requests.send(
            "POST",
            f"{self._endpoint.url}/model/{quote(model_id, safe='')}/{operation}",
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            body=json.dumps(body).encode(),
        )
        if answer.status != 200:
            raise self._refusal(answer)
        try:
            return json.loads(answer.data)
        except ValueError as error:
            raise PermanentError("Bedrock's answer is no JSON.", code="provider_garbage") from error

    def _refusal(self, answer: BaseHTTPResponse) -> Exception:
        kind = answer.headers.get("x-amzn-ErrorType", "").partition(":")[0]
        error = self._requests.refusal(answer, kind, answer.data[:200].decode(errors="replace"))
        if isinstance(error, TransientError) or kind in _TRANSIENT:
            return TransientError("Bedrock is busy.")
        logger.warning("Bedrock refused: %s", error)
        return PermanentError(f"Bedrock refused the request: {kind or answer.status}.", code="provider_refused")


class _ToolUse(Model):
    name: str
    input: dict[str, Any]


class _Block(Model):
    tool_use: _ToolUse | None = Field(default=None, alias="toolUse")


class _Message(Model):
    content: tuple[_Block, ...] = ()


class _Output(Model):
    message: _Message


class _Converse(Model):
    """The part of an answer of `converse` that is read."""

    stop_reason: str = Field(alias="stopReason")
    output: _Output


class BedrockModel:
    """`converse` with one tool whose input is the form: a model that may only fill it in."""

    def __init__(self, model_id: str, runtime: BedrockRuntime) -> None:
        self.name = f"bedrock:{model_id}"
        self._model_id = model_id
        self._runtime = runtime

    def answer(self, system: str, prompt: str, schema: Mapping[str, Any], *, max_tokens: int) -> Mapping[str, Any]:
        form = {"name": _FORM, "description": "Hands in the description.", "inputSchema": {"json": dict(schema)}}
        said = self._runtime.ask(
            self._model_id,
            "converse",
            {
                "system": [{"text": system}],
                "messages": [{"role": "user", "content": [{"text": prompt}]}],
                "inferenceConfig": {"maxTokens": max_tokens, "temperature": 0},
                "toolConfig": {"tools": [{"toolSpec": form}], "toolChoice": {"tool": {"name": _FORM}}},
            },
        )
        try:
            answer = _Converse.model_validate(said)
        except ValidationError as error:
            raise PermanentError("Bedrock's answer cannot be read.", code="provider_garbage") from error
        filled = [block.tool_use.input for block in answer.output.message.content if block.tool_use]
        # `content_filtered`, `guardrail_intervened`, `max_tokens`, or words instead of the form
        if answer.stop_reason != "tool_use" or not filled:
            raise ModelRefused(f"The language model did not describe the film ({answer.stop_reason}).")
        return filled[0]
