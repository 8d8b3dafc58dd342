"""Reads what single resources say: queues, routes, throttles, schedules, grants to the edge."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from local import model
from local.intrinsics import TemplateError
from local.resources import Resource


def lets_edge_list(policy: Mapping[str, Any]) -> bool:
    for statement in policy.get("Statement", ()):
        actions = statement.get("Action", ())
        principal = statement.get("Principal")
        service = principal.get("Service") if isinstance(principal, dict) else None
        if statement.get("Effect") == "Allow" and service == "cloudfront.amazonaws.com" and "s3:ListBucket" in actions:
            return True
    return False


# CloudFormation's properties whose SQS attribute has the same name
_QUEUE_ATTRIBUTES = (
    "DelaySeconds",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "VisibilityTimeout",
    "FifoQueue",
    "ContentBasedDeduplication",
)


def read_queue_attributes(properties: Mapping[str, Any]) -> dict[str, str]:
    attributes = {name: _as_text(properties[name]) for name in _QUEUE_ATTRIBUTES if name in properties}
    for name in ("RedrivePolicy", "RedriveAllowPolicy"):
        if name in properties:
            attributes[name] = json.dumps(properties[name])
    return attributes


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_throttle(settings: Mapping[str, Any]) -> model.Throttle | None:
    if "ThrottlingRateLimit" not in settings:
        return None
    rate = float(settings["ThrottlingRateLimit"])
    return model.Throttle(rate=rate, burst=int(settings.get("ThrottlingBurstLimit", rate)))


def read_route(
    resource: Resource,
    integrations: Mapping[str, Mapping[str, Any]],
    authorizers: Mapping[str, model.JwtAuthorizer],
) -> model.Route:
    properties = resource.properties
    kind = properties.get("AuthorizationType", "NONE")
    if kind not in {"NONE", "JWT"}:
        raise TemplateError(f"the route {properties['RouteKey']} asks {kind}, which the local API does not know")
    integration = integrations[properties["Target"].removeprefix("integrations/")]
    return model.Route(
        key=properties["RouteKey"],
        function_arn=_function_of_uri(integration["IntegrationUri"]),
        timeout_seconds=min(30.0, int(integration.get("TimeoutInMillis", 30_000)) / 1000),
        authorizer=authorizers[properties["AuthorizerId"]] if kind == "JWT" else None,
        scopes=tuple(properties.get("AuthorizationScopes", ())),
    )


def _function_of_uri(uri: str) -> str:
    """`arn:aws:apigateway:…:path/2015-03-31/functions/{arn}/invocations`, or the plain ARN."""
    return uri.split("/functions/", 1)[-1].removesuffix("/invocations")


def read_schedule(resource: Resource) -> model.Schedule:
    target = resource.properties["Target"]
    return model.Schedule(
        name=resource.name,
        expression=resource.properties["ScheduleExpression"],
        function_arn=target["Arn"],
        input=target.get("Input", "{}"),
        timezone=resource.properties.get("ScheduleExpressionTimezone", "UTC"),
        enabled=resource.properties.get("State", "ENABLED") == "ENABLED",
    )


def read_edge_function(resource: Resource, arn: str) -> model.EdgeCode:
    config = resource.properties["FunctionConfig"]
    stores = [item["KeyValueStoreARN"] for item in config.get("KeyValueStoreAssociations", ())]
    return model.EdgeCode(
        arn=arn,
        name=resource.name,
        source=resource.properties["FunctionCode"],
        runtime=config["Runtime"],
        store=stores[0] if stores else None,  # CloudFront allows no second
    )


def read_rule(resource: Resource) -> Iterator[model.Schedule]:
    expression = resource.properties.get("ScheduleExpression")
    if expression is None:
        return
    for target in resource.properties.get("Targets", ()):
        yield model.Schedule(
            name=f"{resource.name}/{target['Id']}",
            expression=expression,
            function_arn=target["Arn"],
            input=target.get("Input", "{}"),
            timezone="UTC",
            enabled=resource.properties.get("State", "ENABLED") == "ENABLED",
        )


def read_event_rule(resource: Resource) -> Iterator[model.EventRule]:
    """A rule over events; one over times is a schedule. Raises TemplateError for targets that are no queues."""
    pattern = resource.properties.get("EventPattern")
    if pattern is None:
        return
    targets = [target["Arn"] for target in resource.properties.get("Targets", ())]
    for arn in targets:
        if arn.split(":")[2] != "sqs":
            raise TemplateError(f"{resource.logical_id} sends events to {arn}: only queues take them here")
    bus = resource.properties.get("EventBusName", "default")
    yield model.EventRule(resource.name, bus.rpartition("/")[2], json.dumps(pattern), tuple(targets))
