"""A function's routes and triggers stay thin: what they do is in services, what they work with in `wiring`."""

from __future__ import annotations

from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
LONGEST = 40
MODULES = sorted(path for path in FUNCTIONS.glob("*/*.py") if path.name not in {"wiring.py", "settings.py"})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_handler_has_no_room_for_more_than_calls(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST
