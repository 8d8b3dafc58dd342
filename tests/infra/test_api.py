"""The API's routes are those that the handlers answer, and no more."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from infra.routes import PREFIX, ROUTES, Access
from tests.infra.templates import Templates, plain

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"


ACCESS_OF: dict[str, Access] = {
    "signed_in": "signed_in",
    "viewers": "signed_in",
    "admins": "admin",
    "operators": "admin",
}


def registered(function: str) -> dict[tuple[str, str], Access]:
    """Method and path below the prefix of each route that a function's decorators declare, and whom it lets in."""
    trees = [ast.parse(module.read_text()) for module in sorted((FUNCTIONS / function).glob("*.py"))]
    routes = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("api"), attr=method), args=[ast.JoinedStr(values=parts)]):
                path = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
                routes[method.upper(), path.replace("<", "{").replace(">", "}")] = access_of(node)
            case _:
                pass
    return routes


def access_of(decorator: ast.Call) -> Access:
    """Whom the middlewares of a route let in."""
    given = [keyword.value for keyword in decorator.keywords if keyword.arg == "middlewares"]
    names = [name.id for value in given for name in ast.walk(value) if isinstance(name, ast.Name)]
    return next((ACCESS_OF[name] for name in names if name in ACCESS_OF), "public")


@pytest.mark.parametrize("function", sorted({route.function for route in ROUTES}))
def test_a_handler_answers_the_routes_that_the_table_gives_it(function: str) -> None:
    expected = {(route.method, route.path) for route in ROUTES if route.function == function}
    assert registered(function).keys() == expected


@pytest.mark.parametrize("function", sorted({route.function for route in ROUTES}))
def test_a_handler_lets_in_whom_the_table_says(function: str) -> None:
    expected = {(route.method, route.path): route.access for route in ROUTES if route.function == function}
    assert registered(function) == expected


def deployed_routes(templates: Templates) -> dict[str, str]:
    """Route key and the function that answers it."""
    integrations = {
        logical_id: plain(integration["IntegrationUri"]).split(".")[0]
        for _, logical_id, integration in templates.resources("AWS::ApiGatewayV2::Integration")
    }
    deployed = {}
    for _, _, route in templates.resources("AWS::ApiGatewayV2::Route"):
        integration = plain(route["Target"]).removeprefix("integrations/")
        function, alias, _ = integrations[integration].partition("Aliaslive")
        assert alias, "a release is taken back by the alias that callers use"
        deployed[route["RouteKey"]] = function.lower()
    return deployed


def test_every_route_is_in_the_template_with_the_function_that_answers_it(templates: Templates) -> None:
    expected = {f"{route.method} {PREFIX}{route.path}": route.function for route in ROUTES}
    others = ("ANY ", "HEAD ", "$default")
    assert {key: name for key, name in deployed_routes(templates).items() if not key.startswith(others)} == expected


def test_head_is_answered_by_whom_get_is(templates: Templates) -> None:
    deployed = deployed_routes(templates)
    heads = [key.removeprefix("HEAD ") for key in deployed if key.startswith("HEAD ")]
    assert f"{PREFIX}/jobs" in heads
    assert all(deployed[f"HEAD {path}"] == deployed[f"GET {path}"] for path in heads)


def test_wrong_methods_and_addresses_reach_a_function_that_answers_with_a_problem(templates: Templates) -> None:
    expected = {f"ANY {PREFIX}{route.path}": route.function for route in ROUTES} | {"$default": "health"}
    deployed = deployed_routes(templates)
    assert {key: deployed.get(key) for key in expected} == expected


def test_the_api_is_throttled_and_logs_every_request(templates: Templates) -> None:
    stage = templates.one("AWS::ApiGatewayV2::Stage")
    assert stage["StageName"] == "$default"
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert stage["AccessLogSettings"]["DestinationArn"]


def test_pages_of_other_sites_get_no_answer_from_the_api(templates: Templates) -> None:
    assert "CorsConfiguration" not in templates.one("AWS::ApiGatewayV2::Api")


def test_integrations_speak_payload_format_two(templates: Templates) -> None:
    for _, _, integration in templates.resources("AWS::ApiGatewayV2::Integration"):
        assert integration["PayloadFormatVersion"] == "2.0"
