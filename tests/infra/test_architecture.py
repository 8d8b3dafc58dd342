"""docs/architecture.md shows what is deployed."""

from __future__ import annotations

from pathlib import Path

from tools.architecture.document import PATH, written


def test_diagrams_and_tables_are_those_of_the_templates(assembly: Path) -> None:
    text = PATH.read_text()
    assert written(assembly, text) == text, "run `make docs`"
