"""The API's routes are those that the handlers answer, and no more."""

from __future__ import annotations

import ast
from pathlib import Path

from infra.routes import PREFIX, ROUTES
from tests.infra.templates import Templates, plain

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"


def registered(function: str) -> set[tuple[str, str]]:
    """Method and path of each route that a handler's decorators declare, in API Gateway's notation."""
    tree = ast.parse((FUNCTIONS / function / "handler.py").read_text())
    routes = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="get" | "post" | "delete" as method), args=[path, *_]):
                routes.add((method.upper(), _text(path)))
            case _:
                pass
    return routes


def _text(node: ast.expr) -> str:
    return ast.unparse(node).strip("'\"").removeprefix("f'").replace("<", "{").replace(">", "}")


def test_every_route_is_in_the_template_with_the_function_that_answers_it(templates: Templates) -> None:
    integrations = {
        logical_id: plain(integration["IntegrationUri"]).split(".")[0]
        for _, logical_id, integration in templates.resources("AWS::ApiGatewayV2::Integration")
    }
    deployed = set()
    for _, _, route in templates.resources("AWS::ApiGatewayV2::Route"):
        integration = plain(route["Target"]).removeprefix("integrations/")
        deployed.add((route["RouteKey"], integrations[integration].rstrip("0123456789ABCDEF").lower()))
    assert deployed == {(f"{route.method} {PREFIX}{route.path}", route.function) for route in ROUTES}


def test_the_api_is_throttled_and_logs_every_request(templates: Templates) -> None:
    stage = templates.one("AWS::ApiGatewayV2::Stage")
    assert stage["StageName"] == "$default"
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert stage["AccessLogSettings"]["DestinationArn"]


def test_integrations_speak_payload_format_two(templates: Templates) -> None:
    for _, _, integration in templates.resources("AWS::ApiGatewayV2::Integration"):
        assert integration["PayloadFormatVersion"] == "2.0"
