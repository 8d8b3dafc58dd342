"""How resources are called in documents."""

from __future__ import annotations

import re

from tools.architecture.templates import Resource

SHAPE_OF = {
    "AWS::S3::Bucket": "store",
    "AWS::SQS::Queue": "queue",
    "AWS::Lambda::Function": "round",
    "AWS::StepFunctions::StateMachine": "machine",
    "AWS::DocDB::DBCluster": "store",
    "AWS::ElastiCache::ServerlessCache": "store",
    "AWS::Events::EventBus": "queue",
}

# What a function may reach that is worth saying, and how it is called.
KIND_OF = {
    "AWS::S3::Bucket": "bucket",
    "AWS::SQS::Queue": "queue",
    "AWS::Lambda::Function": "function",
    "AWS::StepFunctions::StateMachine": "state machine",
    "AWS::DocDB::DBCluster": "database",
    "AWS::ElastiCache::ServerlessCache": "cache",
    "AWS::Events::EventBus": "event bus",
    "AWS::SecretsManager::Secret": "secret",
    "AWS::Cognito::UserPool": "accounts",
    "AWS::CloudFront::KeyValueStore": "list at the edge",
}

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}


def words(name: str) -> str:
    """`DeadLetters` → `dead letters`; paths keep their parts apart."""
    parts = [re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", part).lower() for part in name.split("/")]
    return " ".join(parts)


def title(resource: Resource) -> str:
    """A function by its own name, anything else by its path."""
    own = resource.properties.get("Environment", {}).get("Variables", {}).get("POWERTOOLS_SERVICE_NAME")
    if resource.type == "AWS::Lambda::Function" and own is not None:
        return str(own)
    return words(_short(resource))


def kind_and_title(resource: Resource) -> str:
    """`bucket media`; what there is one of by its kind alone."""
    kind = KIND_OF[resource.type]
    if kind in {"database", "cache", "event bus", "accounts", "list at the edge"}:
        return kind
    if kind == "function":
        return f"`{title(resource)}`"
    name = words(resource.path.replace("/Bucket", "").replace("/Queue", "")).removesuffix(" machine")
    if name.endswith("dead letters"):
        return f"dead letters of {name.removesuffix('dead letters').strip()}"
    return f"{kind} {name}"


def _short(resource: Resource) -> str:
    parts = [part for part in resource.path.split("/") if part not in {"Resource", "Bucket", "Cluster", "Cache"}]
    return "/".join(parts) or resource.construct


def rate(expression: str) -> str:
    """`rate(1 minute)` → `every minute`."""
    match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if match is None:
        return expression
    return f"every {match[2]}" if match[1] == "1" else f"every {match[1]} {match[2]}s"
