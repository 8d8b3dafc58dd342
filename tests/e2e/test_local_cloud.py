"""The local cloud from the synthesized app, with a client that knows only the API and S3."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.ports import free_ports
from local.cloud import Options
from tests.films import film
from tests.local.conftest import RunningCloud, run_cloud

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    folder = tmp_path_factory.mktemp("cloud")
    options = Options(port=free_ports(), state_dir=folder / "state", assembly_dir=ROOT / "cdk.out")
    yield from run_cloud(options, folder / "unused")


def _call(running: RunningCloud, method: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        running.cloud.url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=40) as response:
        return json.loads(response.read())


def _put_part(url: str, part: bytes) -> str:
    digest = base64.b64encode(hashlib.md5(part, usedforsecurity=False).digest()).decode()
    request = urllib.request.Request(url, method="PUT", data=part, headers={"Content-MD5": digest})
    with urllib.request.urlopen(request, timeout=40) as response:
        return str(response.headers["ETag"])


def _upload(running: RunningCloud, content: bytes) -> Any:
    description = {"filename": "four seconds.mp4", "size": len(content), "content_type": "video/mp4"}
    upload = _call(running, "POST", "/api/v1/uploads", description)
    size = upload["part_size"]
    parts = [
        {
            "part_number": part["part_number"],
            "etag": _put_part(part["url"], content[(part["part_number"] - 1) * size :][:size]),
        }
        for part in upload["parts"]
    ]
    _call(running, "POST", f"/api/v1/uploads/{upload['upload_id']}/complete", {"parts": parts})
    return upload


def test_a_film_goes_from_presigned_parts_to_a_playlist(running: RunningCloud) -> None:
    upload = _upload(running, film("h264_25", seconds=4.0).read_bytes())
    job = _ended(running, upload["job_id"])
    assert (job["status"], job["error"]) == ("completed", None)
    with urllib.request.urlopen(running.cloud.url + job["playback_url"], timeout=10) as response:
        assert response.headers["Content-Type"] == "application/vnd.apple.mpegurl"
        playlist = response.read().decode()
    assert playlist.startswith("#EXTM3U")
    assert "#EXT-X-STREAM-INF" in playlist
    counts = running.cloud.functions.statistics()
    assert all(count["failures"] == 0 for count in counts.values()), counts


def test_a_hundred_events_of_one_object_start_one_execution(running: RunningCloud) -> None:
    (machine,) = running.cloud.system.state_machines
    states = running.client("stepfunctions")
    before = len(states.list_executions(stateMachineArn=machine.arn)["executions"])
    upload = _upload(running, film("h264_25", seconds=4.0).read_bytes())
    bucket, told = next((b.name, b.notifications) for b in running.cloud.system.buckets if b.notifications)
    queue_arn = told["QueueConfigurations"][0]["Queue"]
    source_object = {"key": f"uploads/{upload['upload_id']}/source", "sequencer": "00", "size": 1, "eTag": "0"}
    record = {
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:CompleteMultipartUpload",
        "s3": {"bucket": {"name": bucket}, "object": source_object},
    }
    for _ in range(100):
        running.run(running.cloud.queues.send(queue_arn, {"Records": [record]}))
    job = _ended(running, upload["job_id"])
    assert (job["status"], job["error"]) == ("completed", None)
    assert len(states.list_executions(stateMachineArn=machine.arn)["executions"]) == before + 1


def _ended(running: RunningCloud, job_id: str) -> Any:
    deadline = time.monotonic() + 120
    while True:
        job = _call(running, "GET", f"/api/v1/jobs/{job_id}")
        if job["status"] in {"completed", "failed", "canceled"} or time.monotonic() > deadline:
            return job
        time.sleep(0.2)
