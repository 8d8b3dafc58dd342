"""The functions over stores in memory: what a test puts in, calls and looks at."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from marquee.adapters.cache import ServingCache
from marquee.adapters.cache_entries import MemoryEntries
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.jobs import Job
from marquee.domain.media import ImagesSummary, PackageSummary, PublishedRendition
from marquee.domain.pipeline import Source
from marquee.domain.turns import NO_LIMITS
from marquee.entry.access import GROUPS_CLAIM
from marquee.entry.limits import Gate

from tests.fakes import MemoryAnswers, MemoryExecutions, MemoryMultipart, MemoryProgress, MemoryUploads
from tests.fakes_assets import MemoryAssets
from tests.fakes_events import MemoryEvents
from tests.fakes_jobs import MemoryJobs
from tests.fakes_limits import MemoryLimits
from tests.fakes_media import MemoryObjects
from tests.fakes_metrics import MemoryMetrics
from tests.fakes_movies import MemoryMovies, MemoryMovieSource
from tests.fakes_spoken import MemorySpoken

UPLOADS, MEDIA = "uploads-bucket", "media-bucket"
CONTEXT = SimpleNamespace(aws_request_id="lambda-request", function_name="f", memory_limit_in_mb=128)


@dataclass
class Answer:
    """An HTTP answer as a client sees it; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass
class Platform:
    """One set of stores, shared by all functions of a test. `caller`: the group of who calls; None: nobody."""

    uploads: MemoryUploads = field(default_factory=MemoryUploads)
    assets: MemoryAssets = field(default_factory=MemoryAssets)
    jobs: MemoryJobs = field(default_factory=MemoryJobs)
    answers: MemoryAnswers = field(default_factory=MemoryAnswers)
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    executions: MemoryExecutions = field(default_factory=MemoryExecutions)
    progress: MemoryProgress = field(default_factory=MemoryProgress)
    events: MemoryEvents = field(default_factory=MemoryEvents)
    spoken: MemorySpoken = field(default_factory=MemorySpoken)
    metrics: MemoryMetrics = field(default_factory=MemoryMetrics)
    caller: str | None = None

    limits: MemoryLimits = field(default_factory=lambda: MemoryLimits(lambda: time.time_ns() // 1_000_000))

    def __post_init__(self) -> None:
        self.multipart = MemoryMultipart(self.objects)
        self.enrich_executions = MemoryExecutions()
        self.movies = MemoryMovies(lambda: self.assets.kept)
        self.cache = ServingCache(MemoryEntries())
        self.movie_source = MemoryMovieSource()
        # as on one's own machine: many requests from one address, most of them meant to fail
        self.gate = Gate(self.limits, self.limits, trusted="127.0.0.0/8", factor=1000)

    @contextmanager
    def within(self, wiring: object, **more: object) -> Iterator[None]:
        """`wiring` gives these stores, and `more`, instead of the real ones."""
        before = dict(vars(wiring))
        settings = SimpleNamespace(
            uploads_bucket=UPLOADS,
            media_bucket=MEDIA,
            metrics_access="open",
            playback="closed",
            visibility="public",
            embedding_provider="",
            state_machine_arn="arn:aws:states:::stateMachine:m",
            enrich_machine_arn="arn:aws:states:::stateMachine:e",
            captions_provider="sphinx",
            analysis_provider="local",
            moderation_policy="allow",
            turn_limits=NO_LIMITS,
        )
        vars(wiring).update({**vars(self), "counters": self.metrics, "settings": settings, **more})
        try:
            yield
        finally:
            vars(wiring).clear()
            vars(wiring).update(before)

    def call(
        self, handler: Any, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask an HTTP function as API Gateway does; `body` is text, bytes, or what becomes JSON."""
        event = http_event(method, path, body, headers)
        if self.caller is not None:
            event["requestContext"]["authorizer"] = authorizer_of("user-1", self.caller)
        return answer_of(handler(event, CONTEXT))

    def uploaded(self, *, source: bytes = b"film") -> Job:
        """A pending job whose source lies in storage."""
        from marquee.services.create_upload import CreateUpload, NewUpload
        from marquee.services.link_movie import LinkMovie

        link_movie = LinkMovie(self.movies, self.assets, self.cache)
        create = CreateUpload(self.uploads, self.assets, self.jobs, self.multipart, UPLOADS, link_movie)
        made = create(NewUpload(filename="film.mp4", size=len(source), content_type="video/mp4"))
        self.objects.put(UPLOADS, keys.source_key(made.upload_id), source, content_type="video/mp4")
        job = self.jobs.get(made.job_id)
        assert job is not None
        return job

    def running(self) -> Job:
        """A job at its first attempt, its execution running."""
        from marquee.services.ingest_upload import IngestUpload

        job = self.uploaded()
        source = Source(bucket=UPLOADS, key=keys.source_key(job.upload_id))
        begun = IngestUpload(self.uploads, self.assets, self.jobs, self.executions, self.events, MEDIA)(source)
        assert begun is not None
        return begun

    def packaged(self, job: Job) -> None:
        """What `plan`, `package` and `images` leave for `finish`, and a little that is published."""
        for task in ("captions", "analysis"):
            self.jobs.skip_task(job.id, task, utc_now())
        rendition = PublishedRendition(
            name="v360",
            width=640,
            height=360,
            codecs="avc1.64001e",
            bandwidth=900_000,
            average_bandwidth=600_000,
            frame_rate=25.0,
            frame_count=250,
            duration_seconds=10.0,
        )
        package = PackageSummary(
            asset_id=job.asset_id,
            version=job.version,
            duration_seconds=10.0,
            width=640,
            height=360,
            renditions=(rendition,),
            tracks=(),
            size_bytes=1000,
        )
        images = ImagesSummary(
            poster="images/poster.jpg", storyboard_vtt="images/storyboard.vtt", interval_seconds=2, tile_count=5
        )
        for key, summary in (
            (keys.package_summary_key(job.id), package),
            (keys.images_summary_key(job.id), images),
        ):
            self.objects.put(MEDIA, key, summary.model_dump_json().encode(), content_type="application/json")
        self.publish(job)

    def publish(self, job: Job) -> None:
        prefix = keys.media_prefix(job.asset_id, job.version)
        for name in ("main.m3u8", "v360/index.m3u8", "v360/init.mp4", "v360/00000.m4s"):
            self.objects.put(MEDIA, prefix + name, b"x", content_type="application/octet-stream")
        self.objects.put(MEDIA, keys.result_key(job.id, "video", 0), b"{}", content_type="application/json")

    def published(self, job: Job) -> list[str]:
        prefix = keys.media_prefix(job.asset_id, job.version)
        return [head.key.removeprefix(prefix) for head in self.objects.list(MEDIA, prefix)]


def authorizer_of(subject: str, group: str) -> dict[str, Any]:
    """What API Gateway tells of a verified token."""
    return {"jwt": {"claims": {"sub": subject, "username": subject, GROUPS_CLAIM: f"[{group}]"}, "scopes": None}}


def answer_of(answer: Mapping[str, Any]) -> Answer:
    """What a function gave API Gateway, as a client sees it."""
    names = {name.lower(): value for name, value in answer["headers"].items()}
    text = answer.get("body")
    return Answer(answer["statusCode"], names, json.loads(text) if text else None)


def http_event(method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """An API Gateway HTTP API event, payload version 2.0; `path` may have a query."""
    path, _, query = path.partition("?")
    encoded = isinstance(body, bytes)
    if encoded or isinstance(body, str) or body is None:
        text = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    else:
        text = json.dumps(body)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "queryStringParameters": dict(pair.split("=", 1) for pair in query.split("&")) if query else None,
        "headers": {"content-type": "application/json", **{k.lower(): v for k, v in (headers or {}).items()}},
        "requestContext": {
            "requestId": f"req-{uuid.uuid4()}",
            "stage": "$default",
            "http": {"method": method, "path": path, "sourceIp": "127.0.0.1", "userAgent": "test"},
        },
        "body": text,
        "isBase64Encoded": encoded,
    }
