"""The contract of `ProgressBoard` and `LiveProgress` together, on the fake and on a real Valkey."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import valkey
from marquee.adapters.progress import REST_SECONDS, ValkeyProgress
from marquee.adapters.progress_reports import TTL_SECONDS, ValkeyReports
from marquee.adapters.valkey_connection import connect
from marquee.domain.errors import TransientError
from marquee.domain.ports import LiveProgress, ProgressBoard

from tests.fakes import MemoryProgress
from tests.layers.adapters.conftest import running_valkey

pytestmark = pytest.mark.contract


class Board(NamedTuple):
    """What workers say, and what is heard of it."""

    said: ProgressBoard
    heard: LiveProgress


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as (_, endpoint):
        yield endpoint


@pytest.fixture(params=["memory", "valkey"])
def board(request: pytest.FixtureRequest) -> Iterator[Board]:
    if request.param == "memory":
        both = MemoryProgress()
        yield Board(both, both)
        return
    endpoint = request.getfixturevalue("endpoint")
    heard, said = ValkeyProgress(connect(endpoint, tls=False)), ValkeyReports(endpoint, tls=False)
    heard.clear("job_1")
    yield Board(said, heard)
    said.close()


def test_the_highest_report_of_each_part_counts(board: Board) -> None:
    for fraction in (0.2, 0.7, 0.5):
        board.said.report("job_1", "video", 3, fraction)
    board.said.report("job_1", "audio", 0, 0.0)

    assert board.heard.fractions("job_1") == {("video", 3): 0.7, ("audio", 0): 0.0}
    assert board.heard.fractions("job_none") == {}


def test_a_cleared_job_starts_again(board: Board) -> None:
    board.said.report("job_1", "video", 0, 0.9)
    board.heard.clear("job_1")
    board.said.report("job_1", "video", 0, 0.1)

    assert board.heard.fractions("job_1") == {("video", 0): 0.1}


def test_one_task_of_a_job_starts_again(board: Board) -> None:
    board.said.report("job_1", "captions", 0, 1.0)
    board.said.report("job_1", "captions", 11, 0.5)
    board.said.report("job_1", "analysis", 0, 0.9)
    board.heard.clear("job_1", "captions")

    assert board.heard.fractions("job_1") == {("analysis", 0): 0.9}


def test_what_is_reported_is_forgotten_in_the_end(endpoint: str) -> None:
    reports = ValkeyReports(endpoint, tls=False)
    reports.report("job_2", "video", 0, 0.1)
    reports.close()
    host, port = endpoint.split(":")
    with valkey.Valkey(host=host, port=int(port)) as client:
        assert 0 < client.ttl("job:job_2:progress") <= TTL_SECONDS


def test_a_connection_that_the_server_closed_is_made_anew(endpoint: str) -> None:
    reports = ValkeyReports(endpoint, tls=False)
    reports.report("job_3", "video", 0, 0.1)
    host, port = endpoint.split(":")
    with valkey.Valkey(host=host, port=int(port)) as client:
        client.client_kill_filter(_type="normal", skipme=True)
        reports.report("job_3", "video", 0, 0.2)
        reports.close()
        assert client.hget("job:job_3:progress", "video/0") == b"0.2000"


def test_a_board_that_is_away_costs_one_failed_try_and_no_error(tmp_path: Path) -> None:
    clock = [100.0]
    with running_valkey(tmp_path) as (process, endpoint):
        heard = ValkeyProgress(connect(endpoint, tls=False), monotonic=lambda: clock[0])
        said = ValkeyReports(endpoint, tls=False, monotonic=lambda: clock[0])
        said.report("job_1", "video", 0, 0.5)
        process.kill()
        process.wait(10)
        said.report("job_1", "video", 0, 0.6)

        assert heard.fractions("job_1") == {}
        with pytest.raises(TransientError):
            heard.ping()
        clock[0] += REST_SECONDS
        assert heard.fractions("job_1") == {}


def test_reports_go_on_after_a_rest_when_the_board_is_back(tmp_path: Path, endpoint: str, free_port: int) -> None:
    clock = [100.0]
    reports = ValkeyReports(f"127.0.0.1:{free_port}", tls=False, monotonic=lambda: clock[0])
    reports.report("job_4", "video", 0, 0.1)
    reports._address = ("127.0.0.1", int(endpoint.rpartition(":")[2]))
    heard = ValkeyProgress(connect(endpoint, tls=False))

    reports.report("job_4", "video", 0, 0.2)
    assert heard.fractions("job_4") == {}
    clock[0] += REST_SECONDS
    reports.report("job_4", "video", 0, 0.3)
    reports.close()
    assert heard.fractions("job_4") == {("video", 0): 0.3}
