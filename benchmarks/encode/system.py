"""The same film through the whole service: what all its processes use, beside what its workers say they used."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from benchmarks.encode.peers import Cost
from benchmarks.service import MarqueeService
from cli.transfer import Uploader
from local.differences import ACCESS_KEY, SECRET_KEY

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

LIMIT_SECONDS = 4 * 3600
POLL_SECONDS = 2.0  # each look costs the service a little: it is not the job's
FINISHED = {"completed", "failed", "canceled"}


@dataclass(frozen=True)
class SystemCost:
    """A whole job. `media`: CPU that its workers report for their orders, encoder included; the rest of the job's
    CPU is its fixed cost. `idle_per_second`: what the service uses while nothing happens, taken off the job's."""

    job: Cost
    media: float
    idle_per_second: float

    @property
    def fixed(self) -> float:
        return self.job.cpu_seconds - self.media


def whole_job(film: Path, service: MarqueeService, *, enriched: bool = False) -> SystemCost:
    """From "upload completed" until the job is completed, with the CPU of every process of the service.

    `enriched`: with captions and analysis.
    """
    idle = service.come_to_rest()
    transfer = Uploader(service.endpoint).send(film, captions=enriched, analysis=enriched)
    cpu, started = service.cpu_seconds(), time.monotonic()
    status = ""
    while status not in FINISHED:
        if time.monotonic() - started > LIMIT_SECONDS:
            raise SystemExit("The job did not end.")
        time.sleep(POLL_SECONDS)
        status = str(service.endpoint.get(f"/jobs/{transfer.job_id}")["status"])
    if status != "completed":
        raise SystemExit(f"The job ended as {status}; see {service.log}.")
    wall = time.monotonic() - started
    job = Cost(service.cpu_seconds() - cpu - idle * wall, wall)
    return SystemCost(job, _reported(service, transfer.job_id), idle)


def storage(service: MarqueeService) -> S3Client:
    """A client of the service's own storage."""
    return boto3.client(
        "s3",
        endpoint_url=service.aws_url,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(connect_timeout=5, read_timeout=30),
    )


def media_bucket(s3: S3Client) -> str:
    """The one bucket with what was made of films."""
    (bucket,) = (b["Name"] for b in s3.list_buckets()["Buckets"] if "-media-" in b["Name"])
    return bucket


def _reported(service: MarqueeService, job_id: str) -> float:
    """The sum of `cpu_seconds` in the reports of a job's workers."""
    s3 = storage(service)
    bucket = media_bucket(s3)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"work/{job_id}/results/")
    keys = [found["Key"] for page in pages for found in page.get("Contents", ()) if "partial" not in found["Key"]]
    reports = (json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys)
    return float(sum(report["cpu_seconds"] for report in reports))
