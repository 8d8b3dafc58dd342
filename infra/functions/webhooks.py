"""Telling others: the endpoints' routes, and the delivery that goes on behind them."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets

from infra.constructs.findings import accept_of
from infra.constructs.python_function import PythonFunction
from infra.constructs.webhooks import DELIVERY_TIMEOUT
from infra.functions.platform import ApiPlatform

# Rounds at once; each looks at everything that is due.
DELIVERY_CONCURRENCY = 2
WAKES_AT_ONCE = 10
RETRY_EVERY = Duration.minutes(1)
POST_TIMEOUT = Duration.seconds(25)  # the 15 s of an attempt, a slow name and a cold start


def create_webhook_functions(platform: ApiPlatform) -> dict[str, PythonFunction]:
    loopback = str(platform.environment.webhooks.loopback).lower()
    _create_delivery(platform, _create_post(platform, loopback))
    webhooks = platform.http_function(
        "webhooks", "Keeps webhook endpoints and shows what became of messages", {"WEBHOOKS_LOOPBACK": loopback}
    )
    platform.data.webhooks.tell_from(webhooks)
    platform.data.webhooks.seal_from(webhooks)
    return {"webhooks": webhooks}


def _create_post(platform: ApiPlatform, loopback: str) -> PythonFunction:
    """It posts wherever somebody else says: so it has no place in our network and no rights to anything."""
    return PythonFunction(
        platform.scope,
        "PostWebhook",
        folder="post_webhook",
        description="Posts one webhook to a receiver, from outside of our network",
        platform=platform.functions,
        timeout=POST_TIMEOUT,
        variables={"WEBHOOKS_LOOPBACK": loopback},
        outside=True,
    )


def _create_delivery(platform: ApiPlatform, post: PythonFunction) -> None:
    stores = platform.data.webhooks
    deliver = PythonFunction(
        platform.scope,
        "DeliverWebhooks",
        folder="deliver_webhooks",
        description="Publishes events; turns them into webhooks, signs and delivers them, and tries again",
        platform=platform.functions,
        timeout=DELIVERY_TIMEOUT,
        variables={"POST_FUNCTION_NAME": post.function_name},
    )
    deliver.use_database()
    stores.tell_from(deliver)  # it wakes itself for retries that are soon
    stores.seal_from(deliver)
    platform.data.bus.publish_from(deliver)
    post.grant_invoke(deliver)
    accept_of(deliver, "Versions of a function: a release makes new ones.", "AwsSolutions-IAM5[Resource::<any>:*]")
    deliver.live.add_event_source(
        event_sources.SqsEventSource(stores.queue, batch_size=WAKES_AT_ONCE, max_concurrency=DELIVERY_CONCURRENCY)
    )
    scheduler.Schedule(
        platform.scope,
        "DeliverWebhooksSchedule",
        description="Webhooks that are due again, and events that a crash kept from being said",
        schedule=scheduler.ScheduleExpression.rate(RETRY_EVERY),
        # the next one comes in a minute anyway
        target=targets.LambdaInvoke(deliver.live, retry_attempts=0, max_event_age=RETRY_EVERY),
    )
