"""Software that knows nothing but the documentation: it hears what happens to films, and has a say in it."""

from __future__ import annotations

import json
import shutil
import threading
import time
import urllib.error
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from benchmarks.ports import free_ports
from docs.examples.plugin import subscribe, told, work_off
from infra.build import build_app
from infra.environments import DEV, Environment
from infra.plugins import AskedBeforePublish, Plugins, ToldWhenReady
from infra.sources import Sources
from infra.staging import LEFT_OUT
from local.cloud import Options
from tests.e2e.test_local_cloud import Client
from tests.films import film
from tests.local.conftest import RunningCloud, run_cloud

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
BOTH = Plugins(
    before_publish=AskedBeforePublish(answer_within_seconds=120), after_ready=ToldWhenReady(answer_within_seconds=120)
)


def assembly_with_plugins(folder: Path) -> Path:
    """The app of `dev` with both points switched on, from the code as it is."""
    for part in ("functions", "layers/marquee"):
        shutil.copytree(ROOT / part, folder / part, ignore=LEFT_OUT)
    sources = replace(
        Sources.in_repository(ROOT), functions=folder / "functions", marquee_layer=folder / "layers" / "marquee"
    )
    choices = {name: getattr(DEV, name) for name in Environment.model_fields}
    build_app([Environment(**{**choices, "plugins": BOTH})], sources, outdir=folder / "cdk.out").synth()
    return folder / "cdk.out"


@dataclass
class Subscriber:
    """The documented plug-in in a thread. `before_answering` is called with every question first."""

    running: RunningCloud
    came: list[dict[str, Any]] = field(default_factory=list)
    before_answering: Callable[[dict[str, Any]], None] = lambda _: None
    stop: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        s3, states, sqs = (self.running.client(name) for name in ("s3", "stepfunctions", "sqs"))
        for message in told(sqs, subscribe(self.running.client("events"), sqs, "marquee-dev", "plugin")):
            if message["schema"].startswith("plugin."):
                self.before_answering(message)
            work_off(message, s3, states)
            self.came.append(message)
            if self.stop.is_set():
                return

    def of(self, asset_id: str) -> list[dict[str, Any]]:
        return [message for message in self.came if message.get("asset_id") == asset_id]

    def heard(self, asset_id: str, wanted: set[str]) -> set[str]:
        """The schemas that have come of an asset, when all `wanted` are among them or two minutes have passed."""
        deadline = time.monotonic() + 120
        while not wanted <= {message["schema"] for message in self.of(asset_id)} and time.monotonic() < deadline:
            time.sleep(0.2)
        return {message["schema"] for message in self.of(asset_id)}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    folder = tmp_path_factory.mktemp("extended")
    options = Options(port=free_ports(), state_dir=folder / "state", assembly_dir=assembly_with_plugins(folder))
    yield from run_cloud(options, folder / "unused")


@pytest.fixture(scope="module")
def subscriber(running: RunningCloud) -> Iterator[Subscriber]:
    subscriber = Subscriber(running)
    thread = threading.Thread(target=subscriber.work)
    thread.start()
    yield subscriber
    subscriber.stop.set()
    entry = {"EventBusName": "marquee-dev", "Source": "marquee", "DetailType": "end"}
    running.client("events").put_events(Entries=[{**entry, "Detail": '{"schema": "end", "time": ""}'}])
    thread.join(30)
    assert not thread.is_alive()


def refusal_of(client: Client, asset_id: str) -> int:
    try:
        client.call("POST", "/streaming/sessions", {"asset_id": asset_id})
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def test_a_film_is_shown_to_nobody_before_the_plug_in_approves_and_all_of_its_way_is_told(
    running: RunningCloud, subscriber: Subscriber
) -> None:
    client = Client.of(running)
    meanwhile: list[tuple[str, int]] = []
    subscriber.before_answering = lambda asked: meanwhile.append(
        (asked["point"], refusal_of(client, asked["asset_id"]))
    )
    upload = client.upload(film("h264_25", seconds=4.0).read_bytes())
    job = client.ended(upload["job_id"])
    assert (job["status"], job["error"], job["playable"]) == ("completed", None, True)
    assert meanwhile == [("before_publish", 409), ("after_ready", 200)]

    wanted = {
        "upload.completed/1",
        "video.uploaded/1",
        "video.transcode/1",
        "plugin.before_publish/1",
        "video.transcode.result/1",
        "asset.ready/1",
        "plugin.after_ready/1",
        "video.generate_thumbnails/1",
        "video.generate_thumbnails.result/1",
        "video.generate_subtitles.result/1",
        "video.ai_analysis.result/1",
    }
    assert wanted <= subscriber.heard(job["asset_id"], wanted)
    for message in subscriber.of(job["asset_id"]):
        schema = json.loads((ROOT / "docs/schemas" / f"{message['schema'].replace('/', '.v')}.json").read_text())
        jsonschema.validate(message, schema)


def test_a_film_that_the_plug_in_refuses_fails_with_its_reason_and_leaves_nothing(
    running: RunningCloud, subscriber: Subscriber
) -> None:
    client = Client.of(running)
    upload = client.upload(film("no_audio", seconds=4.0).read_bytes())
    job = client.ended(upload["job_id"])
    assert (job["status"], job["error"]["code"]) == ("failed", "plugin_refused")
    assert job["error"]["message"].endswith("Silent films are not shown here.")
    assert refusal_of(client, job["asset_id"]) == 409
    (media,) = {message["media_bucket"] for message in subscriber.of(job["asset_id"]) if "task_token" in message}
    left = running.client("s3").list_objects_v2(Bucket=media, Prefix=f"media/{job['asset_id']}/")
    assert left["KeyCount"] == 0


def test_a_message_of_a_version_that_nobody_knows_waits_among_the_dead_letters_with_the_reason(
    running: RunningCloud,
) -> None:
    sqs = running.client("sqs")
    urls = {url.rsplit("/", 1)[-1]: url for url in sqs.list_queues()["QueueUrls"]}
    (dead,) = (url for name, url in urls.items() if "IngestDeadLetters" in name)
    (ingest,) = (url for name, url in urls.items() if "Ingest" in name and url != dead)
    message = json.dumps({"schema": "video.uploaded/99", "film": "of tomorrow"})
    sqs.send_message(QueueUrl=ingest, MessageBody=message)
    (came,) = sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=20, MessageAttributeNames=["All"])["Messages"]
    assert came["Body"] == message
    assert came["MessageAttributes"]["code"]["StringValue"] == "unknown_schema"
