"""Trigger: HTTP, /api/v1/openapi.json and /api/v1/docs. Effect: none; describes the API to programs and people."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.http import PREFIX, Api, texts

from reference.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle
FOR_ALL = {"Cache-Control": "public, no-cache"}


@api.get(f"{PREFIX}/openapi.json", responses=texts("application/json"))
def show_openapi() -> Response[str]:
    """This API as an OpenAPI 3.1 document."""
    return api.text(wiring.document, "application/json", FOR_ALL)


@api.get(f"{PREFIX}/docs", responses=texts("text/html"))
def show_docs() -> Response[str]:
    """This API as a page to read."""
    headers = {**FOR_ALL, "Content-Security-Policy": wiring.page.policy}
    return api.text(wiring.page.html, "text/html; charset=utf-8", headers)
