"""The real server on a free port in a thread of this process, and clients nobody here wrote."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3
from aiohttp import web
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from local.s3 import SERVER_OPTIONS, S3Endpoint, S3Store

ACCESS_KEY, SECRET = "AKLOCAL", "a secret/with+signs"
QUEUE = "arn:aws:sqs:eu-central-1:000000000000:ingest"
NOTIFICATIONS = {
    "QueueConfigurations": [
        {
            "Event": "s3:ObjectCreated:*",
            "Queue": QUEUE,
            "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "uploads/"}, {"Name": "suffix", "Value": "e"}]}},
        },
        {"Event": "s3:ObjectRemoved:*", "Queue": QUEUE},
    ]
}
CORS = {
    "CorsRules": [
        {
            "AllowedOrigins": ["https://*.example.org"],
            "AllowedMethods": ["PUT", "GET"],
            "AllowedHeaders": ["content-*"],
            "ExposedHeaders": ["ETag"],
            "MaxAge": 600,
        }
    ]
}


@dataclass
class Served:
    """A running endpoint. `shift` moves its clock; `events` are what it delivered; `refusals` fail that many first."""

    url: str
    store: S3Store
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refusals: int = 0
    shift: timedelta = timedelta()
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def client(self, secret: str = SECRET, region: str = "eu-central-1", **config: Any) -> Any:
        options = {"signature_version": "s3v4", "retries": {"total_max_attempts": 1}, **config}
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=secret,
            region_name=region,
            config=Config(**options),
        )

    def request(self, method: str, url: str, body: bytes = b"", **headers: str) -> urllib3.BaseHTTPResponse:
        """A request as it is, unsigned but for what the URL says; `content_md5` becomes Content-MD5."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        target = url if url.startswith("http") else self.url + url
        return urllib3.request(method, target, body=body, headers=named, timeout=20, retries=False)

    def signed(self, method: str, target: str, body: bytes = b"", **headers: str) -> urllib3.BaseHTTPResponse:
        """A presigned request to any path and query, as they stand."""
        request = AWSRequest(method, self.url + target)
        S3SigV4QueryAuth(Credentials(ACCESS_KEY, SECRET), "s3", "eu-central-1", expires=60).add_auth(request)
        return self.request(method, request.url, body, **headers)

    def blob_count(self) -> int:
        return sum(1 for _ in (self.store.blobs.path("00x").parent.parent).glob("*/*"))

    async def take(self, queue_arn: str, message: dict[str, Any]) -> None:
        with self._arrived:
            if self.refusals:
                self.refusals -= 1
                raise ConnectionError("the queue is away")
            self.events.append((queue_arn, message))
            self._arrived.notify_all()

    def wait_for_events(self, count: int) -> list[dict[str, Any]]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.events) >= count, timeout=20)
            return [message["Records"][0] for _, message in self.events]


async def _serve(served: Served, ready: threading.Event, stopping: asyncio.Event) -> None:
    def clock() -> datetime:
        return datetime.now(UTC) + served.shift

    endpoint = S3Endpoint(served.store, {ACCESS_KEY: SECRET}, "eu-central-1", served.take, clock)
    app = web.Application()
    app.router.add_route("*", "/{target:.*}", endpoint.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, **SERVER_OPTIONS)
    await runner.setup()
    await endpoint.start()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    ready.set()
    await stopping.wait()
    await endpoint.stop()
    await runner.cleanup()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[S3Store]:
    store = S3Store(tmp_path / "s3")
    store.create_bucket("films", cors=CORS, notifications=NOTIFICATIONS)
    yield store
    store.close()


@pytest.fixture
def served(store: S3Store) -> Iterator[Served]:
    served = Served("", store)
    loop = asyncio.new_event_loop()
    ready, stopping = threading.Event(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(_serve(served, ready, stopping),))
    thread.start()
    assert ready.wait(20)
    yield served
    loop.call_soon_threadsafe(stopping.set)
    thread.join(20)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.fixture
def s3(served: Served) -> Iterator[Any]:
    client = served.client()
    yield client
    client.close()
