"""PostgreSQL as a child: under any user, in a folder that only we may enter, tied to its parent."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from local.database.engine import Engine, EngineError, find_engine
from local.database.postgres import Layout, environment, prepare, server_argv
from local.database.predecessor import await_end, servants
from local.database.unprivileged import Way, choose_way, other_user, works


@pytest.fixture
def engine() -> Engine:
    found = find_engine()
    assert found is not None, "run `make` first"
    return found


def version_served(layout: Layout, server: subprocess.Popen[bytes]) -> str:
    """Waits until the server says it is ready; returns what it answers."""
    assert server.stderr is not None
    for line in server.stderr:
        if b"ready to accept connections" in line:
            break
    with psycopg.connect(layout.conninfo, connect_timeout=5) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    assert row is not None
    return str(row[0])


def ways_for_us() -> list[Callable[[], Way]]:
    """Root has two ways; anybody else needs none."""
    return [way for way in (choose_way, other_user) if os.geteuid() == 0 or way is choose_way]


@pytest.mark.parametrize("make_way", ways_for_us())
def test_it_serves_from_a_folder_only_we_may_enter(tmp_path: Path, engine: Engine, make_way: Callable[[], Way]) -> None:
    tmp_path.chmod(0o700)
    layout, way = Layout(tmp_path / "state"), make_way()
    assert works(way)
    prepare(layout, engine, way)
    server = subprocess.Popen(server_argv(layout, engine, way), env=environment(), stderr=subprocess.PIPE)
    with server:
        try:
            assert version_served(layout, server).startswith("18.")
            assert stat.S_IMODE(layout.socket_dir.stat().st_mode) == 0o700
        finally:
            server.send_signal(signal.SIGINT)
    assert server.returncode == 0


def test_it_ends_with_the_parent_that_started_it(tmp_path: Path, engine: Engine) -> None:
    layout, way = Layout(tmp_path), choose_way()
    prepare(layout, engine, way)
    parent_code = (
        "import os, subprocess, sys\nchild = subprocess.Popen(sys.argv[1:], stderr=2)\nsys.stdin.read()\nos._exit(1)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", parent_code, *server_argv(layout, engine, way)],
        env=environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with parent:
        assert version_served(layout, parent)
        processes = servants(layout.data)
        assert processes
        parent.kill()
    assert await_end(processes, 30) == []


def test_the_socket_fits_wherever_the_state_lies(tmp_path: Path) -> None:
    shallow, deep = Layout(tmp_path), Layout(tmp_path / ("x" * 200) / "state")
    assert shallow.socket_dir.is_relative_to(tmp_path)
    assert len(os.fsencode(deep.socket_dir / ".s.PGSQL.5432")) <= 107
    assert deep.socket_dir != Layout(tmp_path / ("x" * 200) / "other").socket_dir


def test_a_socket_folder_that_others_may_enter_is_refused(tmp_path: Path, engine: Engine) -> None:
    layout = Layout(tmp_path)
    layout.socket_dir.mkdir(mode=0o755, parents=True)
    layout.socket_dir.chmod(0o755)
    with pytest.raises(EngineError, match="not a private folder"):
        prepare(layout, engine, choose_way())
