"""What operators ask for."""

from __future__ import annotations

import json

from aws_cdk import Stack

from infra.constructs.python_function import PythonFunction
from infra.functions.platform import ApiPlatform


def create_operations_functions(platform: ApiPlatform) -> dict[str, PythonFunction]:
    return {
        "health": _create_health(platform),
        "abuse": _create_abuse(platform),
        "operations": _create_operations(platform),
        "reference": platform.http_function(
            "reference", "Describes the API to programs and people", use_database=False
        ),
    }


def _create_abuse(platform: ApiPlatform) -> PythonFunction:
    return platform.http_function("abuse", "Shows who is shut out, and lets him in again", use_database=False)


def _create_operations(platform: ApiPlatform) -> PythonFunction:
    queues = platform.data.queues
    urls = {name: queue.queue_url for name, queue in queues.items()}
    asked = [provider.name for provider in platform.environment.playback.providers if provider.health_url]
    operations = platform.http_function(
        "operations",
        "Shows what runs, waits and fails just now",
        {
            "QUEUES": Stack.of(platform.scope).to_json_string(urls),
            "BREAKERS": json.dumps(["tmdb", *(f"provider-{name}" for name in asked)]),
        },
    )
    for queue in queues.values():
        queue.grant(operations, "sqs:GetQueueAttributes")
    return operations


def _create_health(platform: ApiPlatform) -> PythonFunction:
    media = platform.data.media
    health = platform.http_function(
        "health",
        "Says which dependencies answer, and shows what was counted",
        {
            "MEDIA_BUCKET": media.bucket_name,
            "METRICS_ACCESS": "open" if platform.environment.api.open_metrics else "admin",
        },
    )
    # it asks for an object that is not there: 404 is an answer, 403 would be a riddle
    media.allow_object(health, "health", "GetObject")
    media.allow_listing(health)
    return health
