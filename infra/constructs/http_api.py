"""The HTTP API: one explicit route for each call.

Wrong methods go to the function that owns the path, wrong paths to one that is always warm: API Gateway's own
answers to them are no RFC 9457 problems and do not say which methods are right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from aws_cdk import Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.constructs.findings import accept
from infra.constructs.python_function import PythonFunction
from infra.constructs.retention import RetainedLogs
from infra.constructs.underlying import underlying
from infra.environments import Environment
from infra.routes import PREFIX, Route

_ACCESS_LOG = {
    "request_id": "$context.requestId",
    "route": "$context.routeKey",
    "path": "$context.path",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "integration_error": "$context.integrationErrorMessage",
    "source_ip": "$context.identity.sourceIp",
    "user_agent": "$context.identity.userAgent",
}


class ServiceApi(apigateway.HttpApi):
    """Payload format 2.0, throttled over all clients, every request logged."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        routes: Iterable[Route],
        functions: Mapping[str, PythonFunction],
        otherwise: str,
        tokens: apigateway.IHttpRouteAuthorizer,
    ) -> None:
        """`otherwise`: name of the function that answers whatever no route takes. `tokens`: whom to ask for a
        token on routes that are not public; what a role opens is the handlers' to say."""
        integrations = {
            name: HttpLambdaIntegration(
                f"{name.capitalize()}Integration",
                function.live,
                payload_format_version=apigateway.PayloadFormatVersion.VERSION_2_0,
                # one permission a function, not one a route: a stack has at most 500 resources
                scope_permission_to_route=False,
            )
            for name, function in functions.items()
        }
        super().__init__(
            scope,
            construct_id,
            description=f"Marquee {environment.name}",
            create_default_stage=False,
            default_integration=integrations[otherwise],
        )
        accept(
            self,
            "Routes without an authorizer are public by the table in infra/routes.py, or answer wrong methods alone.",
            "AwsSolutions-APIG4",
        )
        # `$default` has no path, and the permission of the integrations wants one
        functions[otherwise].live.add_permission(
            "DefaultRoute",
            principal=iam.ServicePrincipal("apigateway.amazonaws.com"),
            source_arn=Stack.of(self).format_arn(service="execute-api", resource=self.api_id, resource_name="*/*"),
        )
        by_path: dict[str, str] = {}
        for route in routes:
            authorizer = None if route.access == "public" else tokens
            self._route(route.path, _methods_of(route), integrations[route.function], authorizer)
            by_path[route.path] = route.function
        for path, name in by_path.items():
            self._route(path, [apigateway.HttpMethod.ANY], integrations[name])
        stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(
                rate_limit=environment.api.throttle_rate, burst_limit=environment.api.throttle_burst
            ),
            detailed_metrics_enabled=True,
        )
        settings = underlying(stage, apigateway.CfnStage)
        settings.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=RetainedLogs(self, "AccessLogs", retention=environment.retention).log_group_arn,
            format=json.dumps(_ACCESS_LOG),
        )

    def _route(
        self,
        path: str,
        methods: list[apigateway.HttpMethod],
        integration: HttpLambdaIntegration,
        authorizer: apigateway.IHttpRouteAuthorizer | None = None,
    ) -> None:
        self.add_routes(path=PREFIX + path, methods=methods, integration=integration, authorizer=authorizer)


def _methods_of(route: Route) -> list[apigateway.HttpMethod]:
    """HEAD comes with GET. It needs a route of its own where a token is asked for: `ANY` passes none on."""
    method = apigateway.HttpMethod[route.method]
    headed = route.method == "GET" and route.access != "public"
    return [method, apigateway.HttpMethod.HEAD] if headed else [method]
