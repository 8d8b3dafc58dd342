"""A database for the length of a `with` block, also right after its owner was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pymongo

from local.database.postgres import Layout
from local.database.predecessor import servants
from local.database.running import free_port, running
from local.database.select import embedded_database

_OWNER = """
import sys
from pathlib import Path
import pymongo
from local.database.running import free_port, running
from local.database.select import embedded_database
with running(embedded_database(Path(sys.argv[1]), free_port())) as uri:
    with pymongo.MongoClient(uri) as client:
        client.test.things.insert_many([{"_id": n} for n in range(100)])
    print("written", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_owner_wrote_is_there_at_once(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"written\n"
        owner.kill()
        with (
            running(embedded_database(tmp_path, free_port())) as uri,
            pymongo.MongoClient[dict[str, Any]](uri) as client,
        ):
            assert client.test.things.count_documents({}) == 100
    assert servants(Layout(tmp_path).data) == []
