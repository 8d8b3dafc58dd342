"""The Fargate entry: the order from the environment, exit codes that the state machine reads, SIGTERM."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from ffmpeg_worker.task import encode
from marquee.domain import keys
from marquee.domain.errors import InterruptedWork, InvalidMedia, TransientError
from marquee.domain.work import Cause
from marquee.entry.task import run_task
from marquee.services.encode_order import OrderEncoder

from tests.encoding import BUCKET, JOB, LocalObjects, encoder, order, plan_of, put_plan
from tests.films import film
from tests.layers.entry.written import lines
from tests.layers.entry.written import written as written
from tests.measured import listening

ORDER = {"ORDER": order("video", 0).model_dump_json()}
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def store() -> LocalObjects:
    path = film("tiny")
    made = LocalObjects(path)
    put_plan(made, plan_of(path, sides=(96,)))
    return made


@dataclass(frozen=True)
class Raising:
    """Wiring whose building, or whose encoder, fails."""

    error: Exception

    def __call__(self) -> OrderEncoder:
        raise self.error


def test_a_done_order_exits_with_0_and_is_reported(store: LocalObjects) -> None:
    with listening() as told:
        assert run_task(ORDER, partial(encode, lambda: encoder(store))) == 0
    (speed,) = told.of("ShardSpeed")
    assert speed > 0
    assert told.by("ShardSpeed") == [{"runner": "test"}]
    assert told.of("OrdersDone") == [1]
    assert store.get(BUCKET, keys.result_key(JOB, "video", 0)) is not None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidMedia("The film is damaged."), 65),
        (TransientError("storage is away"), 75),
        (RuntimeError("a bug"), 75),
        (InterruptedWork("stop"), 143),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_kind_of_error_has_its_exit_code(error: Exception, code: int) -> None:
    assert run_task(ORDER, partial(encode, Raising(error))) == code


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (InvalidMedia("The film is damaged."), "OrdersRefused"),
        (TransientError("storage is away"), "OrdersFailed"),
        (RuntimeError("a bug"), "OrdersFailed"),
        (InterruptedWork("stop"), "OrdersInterrupted"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_order_is_counted_by_how_it_ends(error: Exception, counted: str) -> None:
    with listening() as told:
        run_task(ORDER, partial(encode, Raising(error)))
    assert [each.name for one in told for each in one.values] == [counted]


def test_a_failing_order_s_lines_name_the_upload_that_caused_it(written: StringIO) -> None:
    cause = Cause(upload_id="upl_1", request_id="r1", trace=f"00-{'a' * 32}-{'b' * 16}-01")
    given = order("video", 0).model_copy(update={"asset_id": "ast_1", "caused_by": cause})
    run_task({"ORDER": given.model_dump_json()}, partial(encode, Raising(RuntimeError("a bug"))))

    expected = {"job_id": JOB, "asset_id": "ast_1", "upload_id": "upl_1", "request_id": "r1", "trace_id": "a" * 32}
    said = lines(written)
    assert "ERROR" in {line["level"] for line in said}
    assert all(expected.items() <= line.items() for line in said)


def test_a_permanent_failure_has_written_its_reason_before_the_exit(store: LocalObjects) -> None:
    store.source = Path(__file__)
    assert run_task(ORDER, partial(encode, lambda: encoder(store))) == 65
    assert store.get(BUCKET, keys.failure_key(JOB)) is not None


@pytest.mark.parametrize("environment", [{}, {"ORDER": "{}"}], ids=["no order", "half an order"])
def test_a_task_without_an_order_is_not_taken_for_a_bad_film(environment: dict[str, str]) -> None:
    assert run_task(environment, partial(encode, Raising(AssertionError("not reached")))) == 75


# A worker whose storage, once the first segment is there, says so and keeps the encoder waiting.
STUCK = """
import os, sys, threading
from pathlib import Path
from functools import partial
from ffmpeg_worker.task import encode
from marquee.entry.task import main
from tests.encoding import LocalObjects, encoder, order, plan_of, put_plan

class Stuck(LocalObjects):
    def put(self, bucket, key, body, **more):
        if key.endswith(".m4s"):
            os.write(1, b"storing\\n")  # whole, whichever thread stores beside it
            threading.Event().wait(1.0)
        return super().put(bucket, key, body, **more)

path = Path(sys.argv[1])
store = Stuck(path)
put_plan(store, plan_of(path, sides=(96,), shard_segments=60))
sys.exit(main(partial(encode, lambda: encoder(store))))
"""


def test_sigterm_ends_worker_and_encoder_at_once(tmp_path: Path) -> None:
    paths = [ROOT / "layers/marquee/python", ROOT / "containers", ROOT]
    environment = {**os.environ, **ORDER, "PYTHONPATH": os.pathsep.join(map(str, paths)), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", STUCK, str(film("tiny", seconds=60.0))]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"storing\n"
        encoders = _children(worker.pid)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 143
    assert encoders
    assert not [pid for pid in encoders if Path(f"/proc/{pid}").exists()]
    assert list(tmp_path.iterdir()) == []


def _children(parent: int) -> list[int]:
    def is_child(entry: Path) -> bool:
        try:
            return entry.joinpath("stat").read_text().rpartition(")")[2].split()[1] == str(parent)
        except OSError:
            return False

    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and is_child(entry)]
