"""Entry of the HTTP functions: a resolver that validates, limits, counts, logs and answers errors as problems."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Protocol

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from aws_lambda_powertools.event_handler.openapi.types import (
    OpenAPIResponse,
    OpenAPIResponseContentModel,
    OpenAPIResponseContentSchema,
)
from pydantic import BaseModel

from marquee.domain.deadline import Allowance, database_allowance
from marquee.domain.identity import Principal
from marquee.domain.metrics import UNCOUNTED, Metrics
from marquee.domain.operations import FUNCTION_DURATION, FUNCTION_FAILURES
from marquee.domain.trace import current_trace
from marquee.domain.work import current_request_id, current_subject, work_keys
from marquee.entry.access import principal_of
from marquee.entry.incoming import MAX_BODY_BYTES, Incoming, as_get, as_json, incoming
from marquee.entry.limits import guarded
from marquee.entry.logs import begin_invocation, configured_logger, invocation_trace
from marquee.entry.outgoing import JSON, finished, opaque
from marquee.entry.problems import RETRY_AFTER_SECONDS
from marquee.entry.refusals import RefusingResolver
from marquee.entry.scope import Scope, current_scope
from marquee.entry.xray import subsegment
from marquee.services.paging import MAX_LIMIT

__all__ = ["MAX_BODY_BYTES", "PREFIX", "Api", "Cursor", "IdempotencyKey", "Limit", "files", "texts"]

PREFIX = "/api/v1"
# With all else an answer takes, less than the 2.5 s after which nobody waits any more.
DATABASE_SECONDS = 2.0

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before.")]
IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", description="What is sent again with it within 24 hours is done once."),
]


class Counted(Protocol):
    """A function's wiring, as far as its entry needs it."""

    @property
    def metrics(self) -> Metrics: ...


class Api(RefusingResolver):
    """Routes of one function, below `/api/v1`. `wiring` says where its requests are counted."""

    def __init__(self, wiring: Counted | None = None) -> None:
        super().__init__()
        self._wiring = wiring

    def handle(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """The Lambda handler: resolve the event, count it, log one line about it."""
        started = time.perf_counter()
        request = incoming(event)
        scope = Scope(principal_of(event), f"{request.method} {request.path}")
        self._begin(request, scope, context)
        about = {"request_id": request.request_id, "route": f"{request.method} {request.route}"}
        with subsegment(configured_logger().service, about) as traced:
            answer = guarded(
                self._wiring,
                event,
                lambda: self._answer(event, request, context),
                metrics=lambda: self.metrics,
                request_id=request.request_id,
            )
            traced.said({"status": answer["statusCode"], **work_keys()})
            traced.fault = answer["statusCode"] >= HTTPStatus.INTERNAL_SERVER_ERROR
        if scope.replayed:
            answer["headers"]["Idempotency-Replayed"] = "true"
        answer = finished(answer, request.request_id, request.method, event.get("headers") or {})
        self._end(request, answer["statusCode"], time.perf_counter() - started)
        return answer

    @property
    def principal(self) -> Principal:
        """The caller of the current request."""
        return principal_of(self.current_event.raw_event)

    @property
    def if_match(self) -> str | None:
        """The tag of the version that the caller means to change, as `ok(…, tag=)` gave it; None: any."""
        sent = self.current_event.headers.get("if-match", "")
        return None if sent.strip() in {"", "*"} else opaque(sent)

    @property
    def accept(self) -> str:
        """The forms of an answer that the caller takes, as he names them."""
        return self.current_event.headers.get("accept", "")

    @property
    def metrics(self) -> Metrics:
        return UNCOUNTED if self._wiring is None else self._wiring.metrics

    def reply(
        self, status: HTTPStatus, answer: BaseModel | None = None, headers: dict[str, str] | None = None
    ) -> Response[Any]:
        """An answer with a status of its own. What is read gets a tag of its content, unless `headers` have
        one or a Cache-Control of `no-store`; nothing else is ever kept."""
        given: dict[str, str | list[str]] = {**(headers or {})}
        kind = None if answer is None else JSON
        return Response(status_code=status.value, content_type=kind, body=answer, headers=given)

    def ok(self, answer: BaseModel, *, tag: str | None = None) -> Response[Any]:
        """`tag` names the version of what is answered; it becomes the ETag, and comes back as `if_match`."""
        return self.reply(HTTPStatus.OK, answer, None if tag is None else {"ETag": f'"{tag}"'})

    def created(self, answer: BaseModel) -> Response[Any]:
        return self.reply(HTTPStatus.CREATED, answer)

    def accepted(self, answer: BaseModel) -> Response[Any]:
        return self.reply(HTTPStatus.ACCEPTED, answer)

    def no_content(self) -> Response[Any]:
        return self.reply(HTTPStatus.NO_CONTENT)

    def unavailable_if(self, unavailable: bool, answer: BaseModel) -> Response[Any]:
        """200 or 503, and true for this moment only."""
        headers = {"Cache-Control": "no-store"}
        if unavailable:
            return self.reply(
                HTTPStatus.SERVICE_UNAVAILABLE, answer, {**headers, "Retry-After": str(RETRY_AFTER_SECONDS)}
            )
        return self.reply(HTTPStatus.OK, answer, headers)

    def text(self, content: str, content_type: str, headers: dict[str, str] | None = None) -> Response[Any]:
        """Something other than our JSON."""
        given: dict[str, str | list[str]] = {**(headers or {})}
        return Response(status_code=HTTPStatus.OK.value, content_type=content_type, body=content, headers=given)

    def picture(self, content: bytes, content_type: str) -> Response[Any]:
        """A picture that never changes under its address: everybody may keep it, for ever."""
        given: dict[str, str | list[str]] = {"Cache-Control": "public, max-age=31536000, immutable"}
        text = base64.b64encode(content).decode()
        answer = Response[Any](HTTPStatus.OK.value, content_type=content_type, body=text, headers=given)
        answer.base64_encoded = True  # here, as the resolver takes bytes for a text that it may check
        return answer

    def _begin(self, request: Incoming, scope: Scope, context: Any) -> None:
        self.request_id = request.request_id
        current_scope.set(scope)
        database_allowance.set(Allowance(DATABASE_SECONDS))
        # A caller who names no trace gets Lambda's own.
        trace = request.trace or invocation_trace()
        current_trace.set(trace)
        current_request_id.set(request.request_id)
        current_subject.set(scope.caller.subject)
        begin_invocation(
            context,
            request_id=request.request_id,
            gateway_id=request.gateway_id,
            trace_id=trace and trace.trace_id,
            parent_span_id=trace and trace.parent_id,
        )

    def _answer(self, event: Mapping[str, Any], request: Incoming, context: Any) -> dict[str, Any]:
        methods = self.methods_of(request.path)
        if request.method == "OPTIONS" and methods:
            return {"statusCode": HTTPStatus.NO_CONTENT.value, "headers": {"Allow": ", ".join(methods)}}
        if request.method == "HEAD" and "HEAD" in methods:
            return self.resolve(as_get(event), context)
        return self.resolve(as_json(event), context)

    def _end(self, request: Incoming, status: int, seconds: float) -> None:
        logger = configured_logger()
        logger.info("request", method=request.method, path=request.path, status=status, seconds=round(seconds, 4))
        labels = {"method": request.method, "route": request.route}
        try:
            self.metrics.count("http_requests", {**labels, "status": str(status)})
            self.metrics.observe("http_request_duration", seconds, labels)
            self.metrics.observe(FUNCTION_DURATION, seconds, {"function": logger.service})
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                self.metrics.count(FUNCTION_FAILURES, {"function": logger.service})
            self.metrics.flush()
        except Exception:
            # Whatever is wrong with counting, the caller has his answer.
            logger.exception("this request is not counted")


def files(*media_types: str) -> dict[int, OpenAPIResponse]:
    """`responses=` of a route that answers with `Api.picture`."""
    content: dict[str, OpenAPIResponseContentSchema | OpenAPIResponseContentModel] = {
        media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in media_types
    }
    return {HTTPStatus.OK.value: {"description": "OK", "content": content}}


def texts(*media_types: str) -> dict[int, OpenAPIResponse]:
    """`responses=` of a route that answers with `Api.text`: what its description says it may be."""
    content: dict[str, OpenAPIResponseContentSchema | OpenAPIResponseContentModel] = {
        media_type: {"schema": {"type": "object" if media_type == JSON else "string"}} for media_type in media_types
    }
    return {HTTPStatus.OK.value: {"description": "OK", "content": content}}
