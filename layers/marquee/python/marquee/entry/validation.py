"""When a request's form is looked at: after it is known who asks.

The library validates before a route's own middlewares. A caller who may not use a route would be told what is wrong
with his body instead of that he may not, and so what the route takes. Here its middlewares come first, and the
request is validated where the library validates the answer, next to the handler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler.middlewares.openapi_validation import (
    OpenAPIRequestValidationMiddleware,
    OpenAPIResponseValidationMiddleware,
)

from marquee.entry.incoming import NOT_JSON, Refusal, is_form, unread

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler import Response


class Refused(Exception):
    """A body that the library would choke on."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


class NotYet(OpenAPIRequestValidationMiddleware):
    """Stands where the library validates requests, and lets them through."""

    def __init__(self) -> None:
        """It has nothing to know; the library's own is without types."""

    def handler(self, app: Any, next_middleware: Any) -> Response[Any]:
        answer: Response[Any] = next_middleware(app)
        return answer


class BothWays(OpenAPIResponseValidationMiddleware):
    """The last before the handler: validates what goes to it, by `request`, and what comes from it."""

    def __init__(self, request: OpenAPIRequestValidationMiddleware) -> None:
        # An answer that is not what its route promises is told apart from what a caller sent.
        super().__init__(has_response_validation_error=True)
        self._request: Any = request  # what it takes for a next step, by its types, no function can be

    def handler(self, app: Any, next_middleware: Any) -> Response[Any]:
        refusal = _refusal(app)
        if refusal is not None:
            raise Refused(refusal)
        validate_answer = super().handler

        def answered(app: Any) -> Response[Any]:
            return validate_answer(app, next_middleware)

        answer: Response[Any] = self._request.handler(app, answered)
        return answer


def _refusal(app: Any) -> Refusal | None:
    event = app.current_event.raw_event
    takes_body = app.context["_route"].body_field is not None
    return NOT_JSON if takes_body and is_form(event) else unread(event)
