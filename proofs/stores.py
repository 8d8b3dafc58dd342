"""S3 by moto, for workers that run in an image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from marquee.domain import keys
from marquee.domain.media import Plan
from moto.server import ThreadedMotoServer

from tests.encoding import BUCKET


@dataclass(frozen=True)
class S3:
    """Objects at an address of this machine."""

    address: str

    @property
    def variables(self) -> Mapping[str, str]:
        """What a worker needs to find them. Nobody listens to its progress: that is a courtesy."""
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "ENVIRONMENT": "dev",
            "POWERTOOLS_SERVICE_NAME": "proof",
            "VALKEY_ENDPOINT": "127.0.0.1:9",
            "VALKEY_TLS": "false",
        }

    @property
    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.address,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )

    def put_film(self, path: Path, plan: Plan) -> None:
        """The plan's source and the plan itself, where workers look for them."""
        for bucket in {plan.source_bucket, BUCKET}:
            self.client.create_bucket(Bucket=bucket)
        self.client.put_object(Bucket=plan.source_bucket, Key=plan.source_key, Body=path.read_bytes())
        self.client.put_object(Bucket=BUCKET, Key=keys.plan_key(plan.job_id), Body=plan.model_dump_json().encode())

    def get(self, key: str) -> bytes:
        body: bytes = self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return body


@contextmanager
def running_s3() -> Iterator[S3]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield S3(f"http://{host}:{port}")
    finally:
        server.stop()
