"""`kill -9` of the whole server, at any moment: afterwards the old state or the new one, never half."""

import contextlib
import hashlib
import http.client
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from local.s3.store import S3Store

MIB = 1024 * 1024
OLD, NEW = b"old" * MIB, b"newer" * MIB
QUEUE_ALL = {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": "arn:aws:sqs:x:0:q"}]}
REPOSITORY = Path(__file__).parents[3]


@contextmanager
def _server(root: Path) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", "AWS_REGION": "us-east-1"}
    command = [sys.executable, "-m", "local.s3", "--root", str(root)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        try:
            assert process.stdout is not None
            client = boto3.client(
                "s3",
                endpoint_url=process.stdout.readline().strip(),
                aws_access_key_id="A",
                aws_secret_access_key="S",
                region_name="us-east-1",
                config=Config(signature_version="s3v4", retries={"total_max_attempts": 1}),
            )
            yield process, client
            client.close()
        finally:
            process.kill()


def _make(root: Path) -> None:
    store = S3Store(root)
    store.create_bucket("films", notifications=QUEUE_ALL)
    store.close()


def _named_and_present(store: S3Store, root: Path) -> tuple[set[str], set[str]]:
    with store.index.read() as db:
        named = {row["blob"] for row in db.execute("SELECT blob FROM pieces")}
    return named, {path.name for path in (root / "blobs").glob("*/*")}


def _event_count(store: S3Store) -> int:
    with store.index.read() as db:
        return int(db.execute("SELECT count(*) AS n FROM outbox").fetchone()["n"])


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_killed_while_a_body_arrives(tmp_path: Path, share: float) -> None:
    _make(tmp_path)
    with _server(tmp_path) as (process, client):
        client.put_object(Bucket="films", Key="k", Body=OLD)
        url = urlsplit(client.generate_presigned_url("put_object", Params={"Bucket": "films", "Key": "k"}))
        connection = http.client.HTTPConnection(url.netloc, timeout=20)
        connection.putrequest("PUT", f"{url.path}?{url.query}")
        connection.putheader("Content-Length", str(len(NEW)))
        connection.endheaders()
        connection.send(NEW[: int(len(NEW) * share)])
        process.send_signal(signal.SIGKILL)
        connection.close()
    store = S3Store(tmp_path)
    found = store.read("films", "k")
    assert found in ((OLD, NEW) if share == 1.0 else (OLD,))
    named, present = _named_and_present(store, tmp_path)
    assert named == present
    assert _event_count(store) == (2 if found == NEW else 1)
    store.close()


@pytest.mark.parametrize("delay_ms", [0, 2, 8])
def test_killed_while_an_upload_completes(tmp_path: Path, delay_ms: int) -> None:
    """The delays only spread the kills over the work; whichever step is hit, the outcome must be whole."""
    _make(tmp_path)
    parts = [os.urandom(5 * MIB), os.urandom(MIB)]
    answered: list[str] = []
    with _server(tmp_path) as (process, client):
        upload_id = client.create_multipart_upload(Bucket="films", Key="k")["UploadId"]
        target = {"Bucket": "films", "Key": "k", "UploadId": upload_id}
        listed = [
            {"PartNumber": number, "ETag": client.upload_part(**target, PartNumber=number, Body=body)["ETag"]}
            for number, body in enumerate(parts, 1)
        ]

        def complete() -> None:
            with contextlib.suppress(Exception):
                answered.append(client.complete_multipart_upload(**target, MultipartUpload={"Parts": listed})["ETag"])

        caller = threading.Thread(target=complete)
        caller.start()
        caller.join(delay_ms / 1000)
        process.send_signal(signal.SIGKILL)
        caller.join()
    store = S3Store(tmp_path)
    is_there = store.head("films", "k") is not None
    assert is_there or not answered
    named, present = _named_and_present(store, tmp_path)
    assert named == present
    assert len(named) == 2
    store.close()
    with _server(tmp_path) as (_, client):
        etag = client.complete_multipart_upload(**target, MultipartUpload={"Parts": listed})["ETag"]
        assert answered in ([], [etag])
        body = client.get_object(Bucket="films", Key="k")["Body"].read()
    assert hashlib.sha256(body).digest() == hashlib.sha256(b"".join(parts)).digest()
    store = S3Store(tmp_path)
    assert _event_count(store) == 1
    store.close()
