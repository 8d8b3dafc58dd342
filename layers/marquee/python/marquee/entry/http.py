"""Entry of the HTTP functions: a resolver that validates, limits, logs and answers errors as problems."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Protocol

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel

from marquee.domain.errors import MarqueeError
from marquee.domain.identity import Principal
from marquee.domain.metrics import UNCOUNTED, Metrics
from marquee.entry.access import principal_of
from marquee.entry.logs import begin_invocation
from marquee.entry.problems import field_errors, problem, problem_of
from marquee.services.paging import MAX_LIMIT

PREFIX = "/api/v1"
MAX_BODY_BYTES = 1024 * 1024  # 10,000 parts with their ETags are 0.75 MiB
JSON = "application/json"

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, Query(max_length=200)]


class Counted(Protocol):
    """A function's wiring, as far as its entry needs it."""

    @property
    def metrics(self) -> Metrics: ...


class Api(APIGatewayHttpResolver):
    """Routes of one function, below `/api/v1`. `wiring` says where its requests are counted."""

    def __init__(self, wiring: Counted | None = None) -> None:
        self._wiring = wiring
        # An answer that is not what its route promises is our bug, not the caller's.
        super().__init__(
            enable_validation=True,
            response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
        )
        self.exception_handler(MarqueeError)(self._known)
        self.exception_handler(RequestValidationError)(self._invalid)
        self.exception_handler(RequestUnsupportedContentType)(self._unsupported)
        self.exception_handler(NotFoundError)(self._no_route)
        self.exception_handler(ServiceError)(self._service_error)
        self.exception_handler(Exception)(self._unforeseen)

    def handle(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """The Lambda handler: resolve the event, log one line about it."""
        request = event["requestContext"]
        logger = begin_invocation(context, request_id=request.get("requestId"))
        self._request_id = str(request.get("requestId") or "")
        answer = self._refused_unread(event) or self.resolve(event, context)
        logger.info(
            "request",
            method=request["http"]["method"],
            path=request["http"]["path"],
            status=answer["statusCode"],
        )
        return answer

    @property
    def principal(self) -> Principal:
        """The caller of the current request."""
        return principal_of(self.current_event.raw_event)

    @property
    def if_match(self) -> str | None:
        """The tag of the version that the caller means to change, as `ok(…, tag=)` gave it; None: any."""
        sent = self.current_event.headers.get("if-match", "").strip()
        return None if sent in {"", "*"} else sent.removeprefix("W/").strip('"')

    @property
    def metrics(self) -> Metrics:
        return UNCOUNTED if self._wiring is None else self._wiring.metrics

    def reply(
        self, status: HTTPStatus, answer: BaseModel | None = None, headers: dict[str, str] | None = None
    ) -> Response[Any]:
        """An answer with a status of its own; API answers are never kept by caches."""
        all_headers: dict[str, str | list[str]] = {"Cache-Control": "no-store", **(headers or {})}
        kind = None if answer is None else JSON
        return Response(status_code=status.value, content_type=kind, body=answer, headers=all_headers)

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
        return self.reply(HTTPStatus.SERVICE_UNAVAILABLE if unavailable else HTTPStatus.OK, answer)

    def revalidated(self, answer: BaseModel) -> Response[Any]:
        """The answer with its ETag, or 304 when the caller has it already. The tag is weak: it names the
        content, which an edge may compress."""
        etag = f'W/"{hashlib.sha256(answer.model_dump_json().encode()).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        known = self.current_event.headers.get("if-none-match", "")
        if etag in (tag.strip() for tag in known.split(",")) or known.strip() == "*":
            return self.reply(HTTPStatus.NOT_MODIFIED, None, headers)
        return self.reply(HTTPStatus.OK, answer, headers)

    def _known(self, error: MarqueeError) -> Response[str]:
        return problem_of(error, self._request_id)

    def _invalid(self, error: RequestValidationError) -> Response[str]:
        errors = error.errors()
        malformed = any(item["type"] == "json_invalid" for item in errors)
        status = HTTPStatus.BAD_REQUEST if malformed else HTTPStatus.UNPROCESSABLE_ENTITY
        code = "malformed_json" if malformed else "invalid_request"
        detail = "The body is not JSON." if malformed else "The request is not valid; see errors."
        return problem(status, code=code, detail=detail, request_id=self._request_id, errors=field_errors(errors))

    def _unsupported(self, error: RequestUnsupportedContentType) -> Response[str]:
        return self._plain(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Send the body as application/json."
        )

    def _no_route(self, error: NotFoundError) -> Response[str]:
        path = self.current_event.path
        allowed = sorted({r.method for r in (*self._static_routes, *self._dynamic_routes) if r.rule.match(path)})
        if not allowed:
            return self._plain(HTTPStatus.NOT_FOUND, "not_found", "There is nothing at this address.")
        return problem(
            HTTPStatus.METHOD_NOT_ALLOWED,
            code="method_not_allowed",
            detail=f"This address takes {', '.join(allowed)}.",
            request_id=self._request_id,
            headers={"Allow": ", ".join(allowed)},
        )

    def _service_error(self, error: ServiceError) -> Response[str]:
        status = HTTPStatus(error.status_code)
        return self._plain(status, status.name.lower(), str(error.msg))

    def _unforeseen(self, error: Exception) -> Response[str]:
        begin_invocation(None, request_id=self._request_id).exception("unforeseen error", exc_info=error)
        return self._plain(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "internal_error",
            "Something went wrong on our side; it has been recorded under this request_id.",
        )

    def _plain(self, status: HTTPStatus, code: str, detail: str) -> Response[str]:
        return problem(status, code=code, detail=detail, request_id=self._request_id)

    def _refused_unread(self, event: Mapping[str, Any]) -> dict[str, Any] | None:
        """The answer to a body that the resolver would choke on."""
        body = event.get("body") or ""
        if len(body) > MAX_BODY_BYTES:
            detail = f"The body may have at most {MAX_BODY_BYTES} bytes."
            return _bare(self._plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", detail))
        if body and not _is_readable(body, encoded=bool(event.get("isBase64Encoded"))):
            return _bare(self._plain(HTTPStatus.BAD_REQUEST, "malformed_json", "The body is not JSON."))
        return None


def _is_readable(body: str, *, encoded: bool) -> bool:
    """Whether the body is text, and nested no deeper than a parser can follow."""
    try:
        json.loads(base64.b64decode(body).decode() if encoded else body)
    except (UnicodeDecodeError, RecursionError):
        return False
    except ValueError:
        return True  # the resolver says where the fault is
    return True


def _bare(answer: Response[str]) -> dict[str, Any]:
    """An answer given before there is a resolved event."""
    return {
        "statusCode": answer.status_code,
        "headers": {"Content-Type": answer.content_type, **answer.headers},
        "body": answer.body,
        "isBase64Encoded": False,
        "cookies": [],
    }
