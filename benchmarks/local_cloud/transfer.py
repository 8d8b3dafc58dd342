"""One upload as Marquee's clients make it: presigned parts with Content-MD5, several at a time; then read back."""

import base64
import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import urllib3
from botocore.config import Config

from benchmarks.local_cloud.servers import ACCESS_KEY, REGION, SECRET, Server

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

MIB = 1024 * 1024
PART_MIB = 16
_BUCKET, _KEY = "benchmark", "uploads/1/source"


@dataclass(frozen=True)
class Measurement:
    """Rates in MiB per second over wall time, CPU of the server in seconds per GiB, memory in MiB."""

    size_mib: int
    upload_rate: float
    complete_seconds: float
    download_rate: float
    cpu_seconds_per_gib: float
    idle_mib: float
    peak_mib: float


def _client(server: Server) -> "S3Client":
    return boto3.client(
        "s3",
        endpoint_url=server.url,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET,
        region_name=REGION,
        config=Config(signature_version="s3v4", read_timeout=600, retries={"total_max_attempts": 1}),
    )


def measure(server: Server, size_mib: int, parallel: int) -> Measurement:
    """Upload and read back `size_mib` MiB (rounded down to parts of 16 MiB), `parallel` requests at a time."""
    client = _client(server)
    client.create_bucket(Bucket=_BUCKET)
    body = os.urandom(PART_MIB * MIB)
    md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    upload_id = client.create_multipart_upload(Bucket=_BUCKET, Key=_KEY)["UploadId"]
    count = size_mib // PART_MIB
    target = {"Bucket": _BUCKET, "Key": _KEY, "UploadId": upload_id, "ContentLength": len(body)}
    urls = [
        client.generate_presigned_url("upload_part", Params={**target, "PartNumber": number})
        for number in range(1, count + 1)
    ]
    read_url = client.generate_presigned_url("get_object", Params={"Bucket": _BUCKET, "Key": _KEY})
    pool = urllib3.PoolManager(maxsize=parallel, timeout=600, retries=False)
    idle_mib, idle_cpu = server.peak_mib(), server.cpu_seconds()

    def send(url: str) -> str:
        answer = pool.request("PUT", url, body=body, headers={"Content-MD5": md5})
        if answer.status != 200:
            raise RuntimeError(answer.data)
        return answer.headers["ETag"]

    started = time.perf_counter()
    with ThreadPoolExecutor(parallel) as threads:
        etags = list(threads.map(send, urls))
    uploaded = time.perf_counter()
    parts: list[CompletedPartTypeDef] = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
    client.complete_multipart_upload(Bucket=_BUCKET, Key=_KEY, UploadId=upload_id, MultipartUpload={"Parts": parts})
    completed = time.perf_counter()
    cpu = server.cpu_seconds() - idle_cpu
    _read_back(pool, read_url, count, body)
    read = time.perf_counter()
    sent_mib = count * PART_MIB
    return Measurement(
        size_mib=sent_mib,
        upload_rate=sent_mib / (completed - started),
        complete_seconds=completed - uploaded,
        download_rate=sent_mib / (read - completed),
        cpu_seconds_per_gib=cpu / sent_mib * 1024,
        idle_mib=idle_mib,
        peak_mib=server.peak_mib(),
    )


def _read_back(pool: urllib3.PoolManager, url: str, count: int, body: bytes) -> None:
    """In ranges of a part, each compared with what was sent."""
    for number in range(count):
        first = number * len(body)
        answer = pool.request("GET", url, headers={"Range": f"bytes={first}-{first + len(body) - 1}"})
        if answer.status != 206 or answer.data != body:
            raise RuntimeError(f"part {number + 1} came back changed")
