"""What viewers ask for before and while they watch."""

from __future__ import annotations

import json

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets

from infra.constructs.media_bucket import PUBLISHED
from infra.constructs.playback_keys import PlaybackKeys
from infra.constructs.python_function import PythonFunction
from infra.environments import Environment
from infra.functions.platform import ApiPlatform

EXPIRE_EVERY = Duration.hours(1)


def create_playback_functions(platform: ApiPlatform, keys: PlaybackKeys) -> dict[str, PythonFunction]:
    _create_expiry(platform, keys)
    return {
        "streaming": _create_streaming(platform, keys),
        "revocations": _create_revocations(platform, keys),
        "sources": _create_sources(platform),
    }


def site_parameter(environment: Environment) -> str:
    """Where the site's address is written: the API comes before the distribution that has it."""
    return f"/marquee/{environment.name}/site"


def _create_streaming(platform: ApiPlatform, keys: PlaybackKeys) -> PythonFunction:
    media, choice = platform.data.media, platform.environment.playback
    parameter = site_parameter(platform.environment)
    streaming = platform.http_function(
        "streaming",
        "Gives a viewer the right to one asset",
        {
            "MEDIA_BUCKET": media.bucket_name,
            "PLAYBACK": choice.access,
            "VISIBILITY": choice.visibility,
            "SIGNING_SECRET_ARN": keys.secret.secret_arn,
            "SIGNING_KEY_IDS": keys.key_ids,
            "REVOCATIONS_STORE": keys.revocations.key_value_store_arn,
            "SITE_PARAMETER": parameter,
            "SESSION_SECONDS": _session_seconds(platform.environment),
        },
    )
    keys.allow_signing(streaming)
    keys.allow_looking(streaming)
    media.allow_objects(streaming, PUBLISHED, "GetObject")
    media.allow_listing(streaming)
    iam.Grant.add_to_principal(
        grantee=streaming,
        actions=["ssm:GetParameter"],
        resource_arns=[f"arn:{Aws.PARTITION}:ssm:{Aws.REGION}:{Aws.ACCOUNT_ID}:parameter{parameter}"],
    )
    return streaming


def _create_revocations(platform: ApiPlatform, keys: PlaybackKeys) -> PythonFunction:
    revocations = platform.http_function(
        "revocations",
        "Ends playback sessions before their time",
        {
            "REVOCATIONS_STORE": keys.revocations.key_value_store_arn,
            "SESSION_SECONDS": _session_seconds(platform.environment),
        },
    )
    keys.allow_revoking(revocations)
    return revocations


def _create_sources(platform: ApiPlatform) -> PythonFunction:
    choice = platform.environment.playback
    return platform.http_function(
        "sources",
        "Says where a movie can be watched, here and elsewhere",
        {
            "PROVIDERS": json.dumps([provider.model_dump() for provider in choice.providers]),
            "EMBED_ORIGINS": json.dumps(choice.embed_origins),
        },
    )


def _create_expiry(platform: ApiPlatform, keys: PlaybackKeys) -> None:
    expire = PythonFunction(
        platform.scope,
        "ExpireRevocations",
        folder="expire_revocations",
        description="Takes revocations off the list when all that they end has ended",
        platform=platform.functions,
        timeout=Duration.minutes(5),
        variables={"REVOCATIONS_STORE": keys.revocations.key_value_store_arn},
    )
    keys.allow_revoking(expire)
    scheduler.Schedule(
        platform.scope,
        "ExpireRevocationsSchedule",
        description="Revocations that no living session is under",
        schedule=scheduler.ScheduleExpression.rate(EXPIRE_EVERY),
        target=targets.LambdaInvoke(expire.live, retry_attempts=0, max_event_age=EXPIRE_EVERY),
    )


def _session_seconds(environment: Environment) -> str:
    return str(environment.playback.session_hours * 3600)
