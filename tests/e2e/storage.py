"""Looks behind the API: what really lies in the buckets, the secrets and the database of a running Marquee."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import boto3
from botocore.config import Config
from pymongo import MongoClient
from pymongo.database import Database

from benchmarks.service import MarqueeService
from local.differences import ACCESS_KEY, SECRET_KEY

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

DATABASE_PORT_OFFSET = 2


def aws(service: MarqueeService, name: Literal["s3", "secretsmanager", "lambda", "sqs"]) -> Any:
    """A client of the local AWS with an operator's keys."""
    return boto3.client(
        name,
        endpoint_url=service.aws_url,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(connect_timeout=5, read_timeout=30, s3={"addressing_style": "path"}),
    )


def media_bucket(s3: S3Client) -> str:
    (name,) = (bucket["Name"] for bucket in s3.list_buckets()["Buckets"] if "-media-" in bucket["Name"])
    return name


def published(service: MarqueeService, asset_id: str) -> list[str]:
    """The keys of an asset's media."""
    s3 = aws(service, "s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=media_bucket(s3), Prefix=f"media/{asset_id}/")
    return [found["Key"] for page in pages for found in page.get("Contents", ())]


def signing_key(service: MarqueeService) -> str:
    """The private key that sessions are signed with, in PEM."""
    secrets = aws(service, "secretsmanager")
    arns = (secret["ARN"] for secret in secrets.list_secrets(MaxResults=100)["SecretList"])
    texts = (secrets.get_secret_value(SecretId=arn)["SecretString"] for arn in arns)
    (text,) = (text for text in texts if "private_key" in text)
    return str(json.loads(text)["current"]["private_key"])


@contextmanager
def database(service: MarqueeService) -> Iterator[Database[dict[str, Any]]]:
    port = int(service.endpoint.site.rpartition(":")[2]) + DATABASE_PORT_OFFSET
    with MongoClient[dict[str, Any]](f"mongodb://127.0.0.1:{port}/?retryWrites=false") as client:
        yield client["marquee"]
