"""A tiny cloud with a user pool."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.ports import free_ports
from local.cloud import Options
from tests.local import tiny_app
from tests.local.conftest import RunningCloud, run_cloud
from tests.local.identity.app import identity


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    folder = tmp_path_factory.mktemp("guarded")
    assembly = tiny_app.build(folder, folder / "seen", resources=identity())
    options = Options(port=free_ports(), state_dir=folder / "state", assembly_dir=assembly, warm=False)
    yield from run_cloud(options, folder / "seen")
