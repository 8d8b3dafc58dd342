"""The worker images: built from their Dockerfiles without Docker, their entries run as the templates run them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from marquee.domain import keys
from marquee.domain.enrichment import EnrichOrder
from marquee.domain.media import Plan
from marquee.domain.pipeline import Source

from infra.build import build_app
from infra.environments import DEV
from infra.sources import Sources
from infra.staging import stage
from proofs.runtime_api import RuntimeApi, runtime_api
from proofs.stores import S3, running_s3
from tests.encoding import BUCKET, JOB, PREFIX, order, plan_of
from tests.infra.templates import Templates
from tests.speech_films import STORY, spoken_film
from tools.images.assets import ImageAsset, image_assets
from tools.images.buildah import Store
from tools.images.confined import Ended, run_confined

pytestmark = pytest.mark.timeout(3600)  # the first takes the time of all builds
ROOT = Path(__file__).resolve().parents[1]
WORKERS = ("ffmpeg_worker", "enrich_worker", "whisper_worker")
LAMBDA_IMAGE_LIMIT_BYTES = 10 * 1024**3
# dev, where every worker of ours has something to do
LISTENING = DEV.enrichment.model_copy(update={"captions_provider": "whisper", "analysis_provider": "local"})
ENVIRONMENT = DEV.model_copy(update={"enrichment": LISTENING})


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assembly")
    stage(ROOT)
    build_app([ENVIRONMENT], Sources.in_repository(ROOT), outdir=folder).synth()
    return folder


@pytest.fixture(scope="session")
def assets(assembly: Path) -> Mapping[str, ImageAsset]:
    return {asset.worker: asset for asset in image_assets(assembly)}


@pytest.fixture(scope="session")
def store(assets: Mapping[str, ImageAsset]) -> Store:
    """Every image of the assembly, built."""
    made = Store(ROOT / ".cache" / "images")
    made.make_base()
    for asset in assets.values():
        made.build(asset.worker, context=asset.context, dockerfile=asset.dockerfile)
    return made


@pytest.fixture(scope="session")
def film() -> tuple[Path, Plan]:
    path = spoken_film("rms", STORY[:1]).path
    return path, plan_of(path, sides=(96,))


@pytest.fixture
def s3(film: tuple[Path, Plan]) -> Iterator[S3]:
    with running_s3() as made:
        made.put_film(*film)
        yield made


@pytest.fixture(scope="session")
def roots(store: Store) -> Iterator[Mapping[str, Path]]:
    """A container's file system of each image. Nobody can write to them, so all share one."""
    with ExitStack() as opened:
        yield {name: opened.enter_context(store.mounted(name)) for name in WORKERS}


@dataclass(frozen=True)
class Worker:
    """One image, and a scratch folder that belongs to its user."""

    root: Path
    configured: Mapping[str, Any]
    scratch: Path

    def run(self, command: list[str], variables: Mapping[str, str]) -> Ended:
        own = dict(pair.split("=", 1) for pair in self.configured["Env"])
        return run_confined(
            self.root,
            self.scratch,
            command,
            user=self.configured["User"],
            folder=self.configured["WorkingDir"],
            variables={**own, **variables},
        )


@pytest.fixture
def worker(request: pytest.FixtureRequest, store: Store, roots: Mapping[str, Path], tmp_path: Path) -> Worker:
    """The worker that the test names."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    scratch.chmod(0o777)
    return Worker(roots[request.param], store.configuration(request.param), scratch)


def test_the_assembly_asks_for_every_image(assets: Mapping[str, ImageAsset]) -> None:
    assert set(assets) == set(WORKERS)


@pytest.mark.parametrize("name", WORKERS)
def test_an_image_is_small_enough_for_lambda_and_names_a_user_without_rights(
    store: Store, roots: Mapping[str, Path], name: str
) -> None:
    assert store.configuration(name)["User"] == "10001:10001"
    size = sum(path.lstat().st_size for path in roots[name].rglob("*") if not path.is_dir())
    print(f"{name}: {size / 1e6:.0f} MB")
    assert 100_000_000 < size < LAMBDA_IMAGE_LIMIT_BYTES


@pytest.mark.parametrize("name", WORKERS)
def test_the_scratch_folder_belongs_to_the_worker_s_user(roots: Mapping[str, Path], name: str) -> None:
    status = (roots[name] / "tmp").stat()
    assert (status.st_uid, status.st_gid) == (10_001, 10_001)


LOOK = """
import json, os, pathlib, marquee.domain.keys as module
refused = []
for place in ("/app/new", "/etc/new", "/var/tmp/new"):
    try: pathlib.Path(place).touch()
    except OSError as error: refused.append(error.errno)
pathlib.Path("/tmp/new").touch()
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps({"uid": os.getuid(), "capabilities": status["CapEff"].strip() + status["CapBnd"].strip(),
    "refused": refused, "bytecode": os.path.exists(module.__cached__)}))
"""


@pytest.mark.parametrize("worker", WORKERS, indirect=True)
def test_inside_nothing_can_be_written_but_scratch_and_no_right_is_left(worker: Worker) -> None:
    ended = worker.run(["python", "-c", LOOK], {})
    assert ended.code == 0, ended.output
    assert json.loads(ended.output) == {
        "uid": 10_001,
        "capabilities": "0" * 32,
        "refused": [30, 30, 30],  # EROFS
        "bytecode": True,
    }


@pytest.mark.parametrize("worker", ["ffmpeg_worker"], indirect=True)
def test_the_encoder_s_task_encodes_a_shard(worker: Worker, assembly: Path, s3: S3) -> None:
    (task,) = _tasks(assembly, "ffmpeg_worker")
    ended = worker.run(task["EntryPoint"], {**s3.variables, "ORDER": order("video", 0).model_dump_json()})
    assert ended.code == 0, ended.output
    report = json.loads(s3.get(keys.result_key(JOB, "video", 0)))
    segments = report["tracks"][0]["segments"]
    assert segments
    assert {len(s3.get(f"{PREFIX}v96/{segment['uri']}")) for segment in segments} == {s["size_bytes"] for s in segments}


@pytest.mark.parametrize("worker", ["ffmpeg_worker"], indirect=True)
def test_a_task_without_an_order_ends_with_the_code_for_another_try(worker: Worker, assembly: Path, s3: S3) -> None:
    (task,) = _tasks(assembly, "ffmpeg_worker")
    assert worker.run(task["EntryPoint"], s3.variables).code == 75


@pytest.mark.parametrize("worker", ["ffmpeg_worker"], indirect=True)
def test_the_encoder_s_function_encodes_a_track(worker: Worker, assembly: Path, s3: S3) -> None:
    with runtime_api(order("audio", 0).model_dump()) as api:
        ended = worker.run(_entry(assembly, "encode"), {**s3.variables, **api.variables})
    assert _answer(api, ended) == {"result_key": keys.result_key(JOB, "audio", 0)}
    assert json.loads(s3.get(keys.result_key(JOB, "audio", 0)))["tracks"]


@pytest.mark.parametrize("worker", ["enrich_worker"], indirect=True)
def test_the_enricher_s_function_finds_the_speech_and_hears_it(
    worker: Worker, assembly: Path, s3: S3, film: tuple[Path, Plan]
) -> None:
    plan = film[1]
    source = Source(bucket=plan.source_bucket, key=plan.source_key)
    cut = EnrichOrder(job_id=JOB, media_bucket=BUCKET, source=source, kind="cut_speech")
    variables = {**s3.variables, "CAPTIONS_PROVIDER": "sphinx", "ANALYSIS_PROVIDER": "local"}
    with runtime_api(cut.model_dump()) as api:
        ended = worker.run(_entry(assembly, "enrich"), {**variables, **api.variables})
    assert _answer(api, ended) == {"result_key": keys.speech_plan_key(JOB), "chunks": [0]}
    with runtime_api(cut.model_copy(update={"kind": "transcribe_chunk"}).model_dump()) as api:
        ended = worker.run(_entry(assembly, "enrich"), {**variables, **api.variables})
    assert _answer(api, ended)["result_key"] == keys.speech_chunk_key(JOB, 0)
    assert b'"text":"coast"' in s3.get(keys.speech_chunk_key(JOB, 0))


READ = """
import cv2, subprocess
print(subprocess.run(["tesseract", "--list-langs"], capture_output=True).stdout.decode())
"""


@pytest.mark.parametrize("worker", ["enrich_worker"], indirect=True)
def test_the_enricher_can_see_and_read(worker: Worker) -> None:
    assert "eng" in worker.run(["python", "-c", READ], {}).output


@pytest.mark.parametrize("worker", ["whisper_worker"], indirect=True)
def test_the_listener_s_task_starts_and_asks_for_its_order(worker: Worker, assembly: Path, s3: S3) -> None:
    (task,) = _tasks(assembly, "whisper_worker")
    ended = worker.run(["python", "-c", "import faster_whisper, whisper_worker.task"], {})
    assert ended.code == 0, ended.output
    assert worker.run(task["EntryPoint"], s3.variables).code == 75


def _tasks(assembly: Path, worker: str) -> list[dict[str, list[str]]]:
    """Containers of the task definitions whose entry is a worker's."""
    definitions = Templates.load(assembly, "dev").resources("AWS::ECS::TaskDefinition")
    containers = [container for _, _, p in definitions for container in p["ContainerDefinitions"]]
    return [container for container in containers if container["EntryPoint"][-1] == f"{worker}.task"]


def _entry(assembly: Path, function: str) -> list[str]:
    """The command that a function's template starts in its image."""
    configured = Templates.load(assembly, "dev").functions()[function]["ImageConfig"]
    return [*configured["EntryPoint"], *configured["Command"]]


def _answer(api: RuntimeApi, ended: Ended) -> dict[str, object]:
    assert "response" in api.answered, (api.answered, ended.output)
    answer: dict[str, object] = api.answered["response"]
    return answer
