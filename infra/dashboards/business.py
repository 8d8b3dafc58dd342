"""What the service is used for, and what films cost."""

from __future__ import annotations

from aws_cdk import Duration
from marquee.domain import measures

from infra.dashboards.widgets import Row, graph, number
from infra.metrics import measured, of_aws, of_edge, together
from infra.watched import Watched

HOUR, DAY = Duration.hours(1), Duration.days(1)


def business_rows(watched: Watched) -> list[Row]:
    return [_use(watched), _made(watched), _costs(watched), _told(watched)]


def _use(watched: Watched) -> Row:
    environment = watched.environment
    return [
        graph("Sessions opened", measured(measures.SESSIONS_OPENED, environment, "Sum", period=HOUR), unit="sessions"),
        graph("Sent to viewers", of_edge(watched, "BytesDownloaded", "Sum"), unit="bytes"),
        graph("Requests", of_edge(watched, "Requests", "Sum"), unit="requests"),
    ]


def _made(watched: Watched) -> Row:
    environment = watched.environment
    film = measured(measures.FILM_TIME, environment, "Sum", period=HOUR)
    return [
        number(
            "Films",
            measured(measures.UPLOADS_CREATED, environment, "Sum", label="uploads begun"),
            measured(measures.JOBS_COMPLETED, environment, "Sum", label="films made"),
        ),
        graph("Minutes of film made", together("film / 60", "minutes", HOUR, film=film), unit="minutes"),
        graph(
            "Until a film can be watched",
            measured(measures.FIRST_PLAYABLE_TIME, environment, "p50", period=HOUR),
            unit="seconds",
        ),
    ]


def _costs(watched: Watched) -> Row:
    environment = watched.environment
    size = {"BucketName": watched.media_bucket, "StorageType": "StandardStorage"}
    return [
        graph(
            "A minute of film, encoded",
            measured(measures.COST_PER_MINUTE, environment, "Average", period=HOUR),
            unit="US dollars",
        ),
        graph("Encoding", measured(measures.ENCODE_COST, environment, "Sum", period=DAY), unit="US dollars a day"),
        graph("Media stored", of_aws("S3", "BucketSizeBytes", "Average", size, period=DAY), unit="bytes"),
    ]


def _told(watched: Watched) -> Row:
    environment = watched.environment
    return [
        graph(
            "Webhooks",
            measured(measures.WEBHOOKS_DELIVERED, environment, "Sum", period=HOUR, label="accepted"),
            measured(measures.WEBHOOKS_FAILED, environment, "Sum", period=HOUR, label="not accepted"),
            unit="attempts",
        )
    ]
