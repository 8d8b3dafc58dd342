"""What operators ask for."""

from __future__ import annotations

from infra.constructs.python_function import PythonFunction
from infra.functions.platform import ApiPlatform


def create_operations_functions(platform: ApiPlatform) -> dict[str, PythonFunction]:
    return {
        "health": _create_health(platform),
        "abuse": _create_abuse(platform),
        "reference": platform.http_function(
            "reference", "Describes the API to programs and people", use_database=False
        ),
    }


def _create_abuse(platform: ApiPlatform) -> PythonFunction:
    return platform.http_function("abuse", "Shows who is shut out, and lets him in again", use_database=False)


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
