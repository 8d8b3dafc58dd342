"""The threat model names tests and files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "threat-model.md").read_text()
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ")]
NAMED = sorted(set(re.findall(r"`((?:tests|infra|docs|tools|layers)/[^`]+)`", TEXT)))


@pytest.mark.parametrize("path", NAMED)
def test_what_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_answer_is_held_by_a_test_or_said_to_remain() -> None:
    answers = [row for row in ROWS if row.count("|") == 4 and "threat | answer" not in row]
    threats = answers[: answers.index(next(row for row in answers if row.startswith("| what | why")))]
    assert len(threats) > 20
    for row in threats:
        assert "`tests/" in row.split("|")[3] or "**remains:**" in row, row
