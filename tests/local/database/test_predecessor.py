"""What a killed server leaves behind, and whose lock file is believed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.database.predecessor import AlreadyServed, clear_way, servants

Start = Callable[[Path], int]


@pytest.fixture
def start_in(tmp_path: Path) -> Iterator[Start]:
    """Starts a process that, to the eye, is a PostgreSQL whose working directory is a folder."""
    program = tmp_path / "bin" / "postgres"
    program.parent.mkdir()
    shutil.copy2(shutil.which("sleep") or "", program)
    started: list[subprocess.Popen[bytes]] = []

    def start(folder: Path) -> int:
        started.append(subprocess.Popen([program, "60"], cwd=folder))
        return started[-1].pid

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def socket(data: Path) -> Path:
    """A socket with the lock that PostgreSQL lays beside it."""
    path = data / ".s.PGSQL.5432"
    path.touch()
    path.with_name(".s.PGSQL.5432.lock").touch()
    return path


def lock(data: Path, pid: int) -> Path:
    path = data / "postmaster.pid"
    path.write_text(f"{pid}\n{data}\n", encoding="utf-8")
    return path


def test_only_servers_of_this_folder_are_its_servants(data: Path, tmp_path: Path, start_in: Start) -> None:
    ours = start_in(data)
    start_in(tmp_path)
    assert servants(data) == [ours]


def test_a_server_that_goes_on_is_not_disturbed(data: Path, socket: Path, start_in: Start) -> None:
    pid = start_in(data)
    path = lock(data, pid)
    with pytest.raises(AlreadyServed, match=str(pid)):
        clear_way(data, socket, seconds=0.1)
    assert path.exists()
    assert servants(data) == [pid]


def test_a_lock_with_somebody_elses_pid_is_removed(data: Path, socket: Path) -> None:
    lock(data, os.getpid())
    clear_way(data, socket)
    assert list(data.iterdir()) == []


def test_a_lock_with_a_dead_pid_is_removed(data: Path, socket: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    path = lock(data, dead.pid)
    clear_way(data, socket)
    assert not path.exists()


def test_orphans_of_a_dead_server_are_ended(data: Path, socket: Path, start_in: Start) -> None:
    start_in(data)
    clear_way(data, socket, orphan_seconds=0.1)
    assert servants(data) == []
