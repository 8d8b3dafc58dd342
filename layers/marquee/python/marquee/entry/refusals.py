"""Whatever stops a request becomes a problem answer here; handlers raise and know nothing of statuses."""

from __future__ import annotations

from http import HTTPStatus

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)

from marquee.domain.errors import MarqueeError
from marquee.entry.incoming import MALFORMED, NOT_JSON
from marquee.entry.logs import configured_logger
from marquee.entry.problems import field_errors, problem, problem_of
from marquee.entry.validation import BothWays, NotYet, Refused


class RefusingResolver(APIGatewayHttpResolver):
    """A validating resolver that answers every error as a problem. `request_id` is the current request's."""

    request_id = ""

    def __init__(self) -> None:
        # An answer that is not what its route promises is our bug, not the caller's.
        super().__init__(
            enable_validation=True,
            response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
        )
        self._response_validation_middleware = BothWays(self._request_validation_middleware)
        self._request_validation_middleware = NotYet()
        self.exception_handler(MarqueeError)(self._known)
        self.exception_handler(Refused)(self._refused)
        self.exception_handler(RequestValidationError)(self._invalid)
        self.exception_handler(RequestUnsupportedContentType)(self._unsupported)
        self.exception_handler(NotFoundError)(self._no_route)
        self.exception_handler(ServiceError)(self._service_error)
        self.exception_handler(Exception)(self._unforeseen)

    def methods_of(self, path: str) -> list[str]:
        """The methods that some route takes at this path, with those that come with them."""
        routes = (*self._static_routes, *self._dynamic_routes)
        methods = {route.method for route in routes if route.rule.match(path)}
        implied = {"HEAD", "OPTIONS"} if "GET" in methods else {"OPTIONS"}
        return sorted(methods | implied) if methods else []

    def _known(self, error: MarqueeError) -> Response[str]:
        return problem_of(error, self.request_id)

    def _refused(self, error: Refused) -> Response[str]:
        return self._plain(*error.refusal)

    def _invalid(self, error: RequestValidationError) -> Response[str]:
        errors = error.errors()
        malformed = any(item["type"] == "json_invalid" for item in errors)
        if malformed:
            return self._plain(*MALFORMED)
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            code="invalid_request",
            detail="The request is not valid; see errors.",
            request_id=self.request_id,
            errors=field_errors(errors),
        )

    def _unsupported(self, error: RequestUnsupportedContentType) -> Response[str]:
        return self._plain(*NOT_JSON)

    def _no_route(self, error: NotFoundError) -> Response[str]:
        allowed = self.methods_of(self.current_event.path)
        if not allowed:
            return self._plain(HTTPStatus.NOT_FOUND, "not_found", "There is nothing at this address.")
        return problem(
            HTTPStatus.METHOD_NOT_ALLOWED,
            code="method_not_allowed",
            detail=f"This address takes {', '.join(allowed)}.",
            request_id=self.request_id,
            headers={"Allow": ", ".join(allowed)},
        )

    def _service_error(self, error: ServiceError) -> Response[str]:
        status = HTTPStatus(error.status_code)
        return self._plain(status, status.name.lower(), str(error.msg))

    def _unforeseen(self, error: Exception) -> Response[str]:
        configured_logger().exception("unforeseen error", exc_info=error)
        return self._plain(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "internal_error",
            "Something went wrong on our side; it has been recorded under this request_id.",
        )

    def _plain(self, status: HTTPStatus, code: str, detail: str) -> Response[str]:
        return problem(status, code=code, detail=detail, request_id=self.request_id)
