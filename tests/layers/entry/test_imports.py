"""What a cold start pays for."""

import subprocess
import sys

import pytest

HEAVY = ("pymongo", "boto3", "botocore.session", "valkey", "av", "PIL")
NAMES = (
    "uploads",
    "jobs",
    "assets",
    "streaming",
    "health",
    "ingest",
    "probe",
    "plan",
    "finish",
    "fail",
    "reconcile",
    "warm_films",
    "purge_tmdb",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_handler_is_imported_without_the_clients_it_may_not_need(name: str) -> None:
    script = (
        f"import sys; sys.path = {sys.path!r}; import {name}.handler; print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.strip() == "[]"
