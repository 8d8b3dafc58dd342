"""The Fargate entry: all chunks of a film by the model in MODEL_PATH, exit codes that the state machine reads."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from marquee.domain import keys
from marquee.domain.enrichment import EnrichOrder
from marquee.domain.pipeline import Source
from marquee.domain.speech import SpeechChunk, SpeechPlan, Transcript
from marquee.entry.task import run_task
from marquee.media.commands import Tool
from marquee.services.enrich_tools import EnrichTools
from whisper_worker.task import hear

from tests.fakes import MemoryProgress
from tests.fakes_media import BUCKET, MemoryObjects
from tests.made_up_film import made_up_plan, store_plan

ROOT = Path(__file__).resolve().parents[3]
PLAN = made_up_plan()
SOURCE = Source(bucket="uploads", key="uploads/u/source")
ORDER = EnrichOrder(job_id=PLAN.job_id, media_bucket=BUCKET, source=SOURCE, kind="transcribe_chunk")
ENVIRONMENT = {"ORDER": ORDER.model_dump_json(by_alias=True)}
# As faster-whisper answers, without its model: found before the real package, by being earlier on the path.
STAND_IN = """
from types import SimpleNamespace as Any
class WhisperModel:
    def __init__(self, path, **options):
        assert path and options["local_files_only"]
    def transcribe(self, audio, **options):
        word = Any(word=" Hello", start=0.2, end=0.8, probability=0.9)
        return iter([Any(words=[word], end=1.0, no_speech_prob=0.0)]), Any(language="en")
"""


@pytest.fixture
def tools(tmp_path: Path) -> EnrichTools:
    objects = MemoryObjects()
    store_plan(objects, PLAN)
    chunks = tuple(SpeechChunk(index=n, start_seconds=10 * n, end_seconds=10 * n + 2) for n in range(3))
    speech = SpeechPlan(chunks=chunks, duration_seconds=36.0)
    objects.put(BUCKET, keys.speech_plan_key(PLAN.job_id), speech.model_dump_json().encode(), content_type="x")
    for chunk in chunks:
        key = keys.speech_sound_key(PLAN.job_id, chunk.index)
        objects.put(BUCKET, key, bytes(2 * 32_000), content_type="x")
    return EnrichTools(
        objects, MemoryProgress(), Tool("ffmpeg"), captions_provider="whisper", model_path=tmp_path, scratch=tmp_path
    )


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "faster_whisper.py").write_text(STAND_IN)
    monkeypatch.syspath_prepend(tmp_path)


def chunk(tools: EnrichTools, index: int) -> Transcript | None:
    stored = tools.objects.get(BUCKET, keys.speech_chunk_key(PLAN.job_id, index))
    return None if stored is None else Transcript.model_validate_json(stored.body)


@pytest.mark.usefixtures("model")
def test_all_chunks_are_heard_on_the_films_timeline(tools: EnrichTools) -> None:
    assert run_task(ENVIRONMENT, partial(hear, lambda: tools)) == 0
    heard = [chunk(tools, index) for index in range(3)]
    assert [one.words[0].start_seconds for one in heard if one] == [0.2, 10.2, 20.2]
    assert {one.source for one in heard if one} == {"whisper"}


@pytest.mark.usefixtures("model")
def test_a_second_task_goes_on_where_the_first_was_interrupted(tools: EnrichTools) -> None:
    first = Transcript(language="en", source="whisper", draft=False)
    objects = tools.objects
    objects.put(BUCKET, keys.speech_chunk_key(PLAN.job_id, 0), first.model_dump_json().encode(), content_type="x")
    assert run_task(ENVIRONMENT, partial(hear, lambda: tools)) == 0
    assert chunk(tools, 0) == first
    assert chunk(tools, 2) is not None


def test_a_missing_model_is_permanent(tools: EnrichTools) -> None:
    assert run_task(ENVIRONMENT, partial(hear, lambda: replace(tools, model_path=Path("/no/model")))) == 65


def test_what_is_no_order_never_begins(tools: EnrichTools) -> None:
    assert run_task({"ORDER": "{}"}, partial(hear, lambda: tools)) == 75


def test_sigterm_ends_it_as_interrupted() -> None:
    code = (
        "import os, signal\nfrom functools import partial\n"
        "from marquee.entry.task import main\nfrom whisper_worker.task import hear\n"
        "raise SystemExit(main(partial(hear, lambda: os.kill(os.getpid(), signal.SIGTERM))))"
    )
    paths = f"{ROOT / 'layers/marquee/python'}:{ROOT / 'containers'}"
    environment = {"PYTHONPATH": paths, "PATH": os.environ["PATH"], **ENVIRONMENT}
    done = subprocess.run([sys.executable, "-c", code], env=environment, timeout=60, check=False, capture_output=True)
    assert done.returncode == 128 + signal.SIGTERM


def test_every_package_is_held_by_its_hash_and_none_differs_from_the_lock() -> None:
    pin = re.compile(r"^([a-z0-9_.-]+)==(\S+)", re.MULTILINE)
    text = (ROOT / "containers/whisper_worker/requirements.txt").read_text()
    ours, locked = dict(pin.findall(text)), set(pin.findall((ROOT / "requirements.lock").read_text()))
    wanted = (ROOT / "containers/whisper_worker/requirements.in").read_text().splitlines()
    assert {line for line in wanted if line and not line.startswith("#")} <= set(ours)
    assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=\S)", text) if pin.match(entry))
    assert {name for name, version in ours.items() if name in dict(locked) and (name, version) not in locked} == set()
