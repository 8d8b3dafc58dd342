"""Bedrock's `converse`, as it documents it: the form filled in, or a refusal."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from marquee.adapters.bedrock import BedrockModel, BedrockRuntime
from marquee.domain.analysis_services import ModelRefused
from marquee.domain.errors import MarqueeError, PermanentError, TransientError

from tests.receivers import Answer, receiver

MODEL = "amazon.nova-lite-v1:0"
SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}}}


def converse(content: list[dict[str, Any]], reason: str = "tool_use") -> dict[str, Any]:
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": reason,
        "usage": {"inputTokens": 512, "outputTokens": 40, "totalTokens": 552},
        "metrics": {"latencyMs": 700},
    }


def form(**filled: Any) -> dict[str, Any]:
    return {"toolUse": {"toolUseId": "tooluse_x", "name": "describe_film", "input": filled}}


def saying(answer: Any, status: int = 200, kind: str = "") -> Answer:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    def write(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        if kind:
            request.send_header("x-amzn-ErrorType", f"{kind}:http://internal.amazon.com/coral/")
        request.end_headers()
        request.wfile.write(body)

    return write


def ask(aws: pytest.MonkeyPatch, answer: Answer) -> tuple[Any, Any]:
    """The model's answer or the error, and the request that came."""
    with receiver(answer) as site:
        aws.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", f"http://127.0.0.1:{site.port}")
        model = BedrockModel(MODEL, BedrockRuntime())
        try:
            return model.answer("system", "prompt", SCHEMA, max_tokens=99), site.came[0]
        except MarqueeError as error:
            return error, site.came[0]


def test_the_model_may_only_fill_in_the_form_with_capped_tokens(aws: pytest.MonkeyPatch) -> None:
    said, came = ask(aws, saying(converse([{"text": "Here it is."}, form(title="The Sea")])))
    assert said == {"title": "The Sea"}
    assert came.path == "/model/amazon.nova-lite-v1%3A0/converse"
    assert "/bedrock/aws4_request" in came.headers["authorization"]
    asked = json.loads(came.body)
    assert asked["inferenceConfig"] == {"maxTokens": 99, "temperature": 0}
    assert asked["toolConfig"]["toolChoice"] == {"tool": {"name": "describe_film"}}
    assert asked["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"] == {"json": SCHEMA}
    assert (asked["system"], asked["messages"][0]["content"]) == ([{"text": "system"}], [{"text": "prompt"}])


@pytest.mark.parametrize(
    "answer",
    [
        converse([{"text": "I cannot help with that."}], "end_turn"),
        converse([], "content_filtered"),
        converse([], "guardrail_intervened"),
        converse([form(title="half")], "max_tokens"),
    ],
    ids=["declined", "filtered", "guardrail", "too long"],
)
def test_a_model_that_does_not_fill_in_the_form_has_refused(aws: pytest.MonkeyPatch, answer: object) -> None:
    said, _ = ask(aws, saying(answer))
    assert isinstance(said, ModelRefused)


@pytest.mark.parametrize("answer", [{}, {"output": 3, "stopReason": "tool_use"}, b"<html>", b""], ids=str)
def test_what_is_no_answer_is_refused_for_good(aws: pytest.MonkeyPatch, answer: object) -> None:
    said, _ = ask(aws, saying(answer))
    assert isinstance(said, PermanentError)
    assert said.code == "provider_garbage"


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (429, "ThrottlingException", TransientError),
        (408, "ModelTimeoutException", TransientError),
        (503, "ServiceUnavailableException", TransientError),
        (403, "AccessDeniedException", PermanentError),
        (400, "ValidationException", PermanentError),
    ],
)
def test_refusals_are_told_apart_from_being_busy(
    aws: pytest.MonkeyPatch, status: int, kind: str, error: type[Exception]
) -> None:
    said, _ = ask(aws, saying({"message": "so it is"}, status, kind))
    assert isinstance(said, error)
