"""The local cloud from the synthesized app, with a client that knows only the API and S3."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.ports import free_ports
from local.cloud import Options
from tests.films import film
from tests.local.conftest import RunningCloud, run_cloud
from tests.local.identity.client import bearer, send, sign_in

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    folder = tmp_path_factory.mktemp("cloud")
    options = Options(port=free_ports(), state_dir=folder / "state", assembly_dir=ROOT / "cdk.out")
    yield from run_cloud(options, folder / "unused")


@dataclass
class Client:
    """An administrator with nothing but HTTP."""

    site: str
    token: str

    @classmethod
    def of(cls, running: RunningCloud) -> Client:
        (admin,) = (one for one in running.cloud.identity.demo_users if one.email.startswith("admin@"))
        place: Any = send(f"{running.cloud.url}/api/v1/identity").body
        given = sign_in(place["endpoint"], place["client_id"], admin.email, admin.password)
        return cls(running.cloud.url, str(given.body["AuthenticationResult"]["AccessToken"]))

    def call(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self.site}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **bearer(self.token)},
        )
        with urllib.request.urlopen(request, timeout=40) as response:
            return json.loads(response.read())

    def upload(self, content: bytes) -> Any:
        description = {"filename": "four seconds.mp4", "size": len(content), "content_type": "video/mp4"}
        upload = self.call("POST", "/uploads", description)
        size = upload["part_size"]
        parts = [
            {
                "part_number": part["part_number"],
                "etag": _put_part(part["url"], content[(part["part_number"] - 1) * size :][:size]),
            }
            for part in upload["parts"]
        ]
        self.call("POST", f"/uploads/{upload['upload_id']}/complete", {"parts": parts})
        return upload

    def ended(self, job_id: str) -> Any:
        deadline = time.monotonic() + 120
        while True:
            job = self.call("GET", f"/jobs/{job_id}")
            if job["status"] in {"completed", "failed", "canceled"} or time.monotonic() > deadline:
                return job
            time.sleep(0.2)


def _put_part(url: str, part: bytes) -> str:
    digest = base64.b64encode(hashlib.md5(part, usedforsecurity=False).digest()).decode()
    request = urllib.request.Request(url, method="PUT", data=part, headers={"Content-MD5": digest})
    with urllib.request.urlopen(request, timeout=40) as response:
        return str(response.headers["ETag"])


def executions(running: RunningCloud) -> int:
    """Of all state machines, ended ones included."""
    states = running.client("stepfunctions")
    machines = (machine.arn for machine in running.cloud.system.state_machines)
    return sum(len(states.list_executions(stateMachineArn=arn)["executions"]) for arn in machines)


def test_a_film_goes_from_presigned_parts_to_a_playlist(running: RunningCloud) -> None:
    client = Client.of(running)
    upload = client.upload(film("h264_25", seconds=4.0).read_bytes())
    job = client.ended(upload["job_id"])
    assert (job["status"], job["error"]) == ("completed", None)
    session = client.call("POST", "/streaming/sessions", {"asset_id": job["asset_id"]})
    cookie = "; ".join(f"{name}={value}" for name, value in session["cookies"].items())
    wanted = urllib.request.Request(running.cloud.url + job["playback_url"], headers={"Cookie": cookie})
    with urllib.request.urlopen(wanted, timeout=10) as response:
        assert response.headers["Content-Type"] == "application/vnd.apple.mpegurl"
        playlist = response.read().decode()
    assert playlist.startswith("#EXTM3U")
    assert "#EXT-X-STREAM-INF" in playlist
    counts = running.cloud.functions.statistics()
    assert all(count["failures"] == 0 for count in counts.values()), counts


def test_a_hundred_events_of_one_object_start_one_execution(running: RunningCloud) -> None:
    client = Client.of(running)
    before = executions(running)
    upload = client.upload(film("h264_25", seconds=4.0).read_bytes())
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
    job = client.ended(upload["job_id"])
    assert (job["status"], job["error"]) == ("completed", None)
    assert executions(running) == before + 1
