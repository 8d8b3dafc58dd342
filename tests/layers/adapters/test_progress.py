"""The contract of `LiveProgress`, on the fake and on a real Valkey."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import valkey
from marquee.adapters.progress import REST_SECONDS, TTL_SECONDS, ValkeyProgress
from marquee.adapters.valkey_connection import connect
from marquee.domain.errors import TransientError
from marquee.domain.ports import LiveProgress

from tests.fakes import MemoryProgress
from tests.layers.adapters.conftest import running_valkey

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as (_, endpoint):
        yield endpoint


@pytest.fixture(params=["memory", "valkey"])
def board(request: pytest.FixtureRequest) -> LiveProgress:
    if request.param == "memory":
        return MemoryProgress()
    board = ValkeyProgress(connect(request.getfixturevalue("endpoint"), tls=False))
    board.clear("job_1")
    return board


def test_the_highest_report_of_each_part_counts(board: LiveProgress) -> None:
    for fraction in (0.2, 0.7, 0.5):
        board.report("job_1", "video", 3, fraction)
    board.report("job_1", "audio", 0, 0.0)

    assert board.fractions("job_1") == {("video", 3): 0.7, ("audio", 0): 0.0}
    assert board.fractions("job_none") == {}


def test_a_cleared_job_starts_again(board: LiveProgress) -> None:
    board.report("job_1", "video", 0, 0.9)
    board.clear("job_1")
    board.report("job_1", "video", 0, 0.1)

    assert board.fractions("job_1") == {("video", 0): 0.1}


def test_what_is_reported_is_forgotten_in_the_end(endpoint: str) -> None:
    ValkeyProgress(connect(endpoint, tls=False)).report("job_2", "video", 0, 0.1)
    host, port = endpoint.split(":")
    with valkey.Valkey(host=host, port=int(port)) as client:
        assert 0 < client.ttl("job:job_2:progress") <= TTL_SECONDS


def test_a_board_that_is_away_costs_one_failed_try_and_no_error(tmp_path: Path) -> None:
    clock = [100.0]
    with running_valkey(tmp_path) as (process, endpoint):
        board = ValkeyProgress(connect(endpoint, tls=False), monotonic=lambda: clock[0])
        board.report("job_1", "video", 0, 0.5)
        process.kill()
        process.wait(10)
        board.report("job_1", "video", 0, 0.6)

        assert board.fractions("job_1") == {}
        with pytest.raises(TransientError):
            board.ping()
        clock[0] += REST_SECONDS
        assert board.fractions("job_1") == {}
