"""The live progress board's names in Valkey: one hash a job, a field a part of a task."""

from __future__ import annotations

from typing import Literal

# Tasks whose workers report while they run. `captions` and `analysis` count the parts that were reported,
# so their first report names all parts at 0.
BoardTask = Literal["video", "audio", "captions", "analysis"]


def board_key(job_id: str) -> str:
    return f"job:{job_id}:progress"


def board_field(task: str, part: int) -> str:
    return f"{task}/{part}"


def part_of(field: str) -> tuple[str, int]:
    """Task and part of a field."""
    task, _, part = field.partition("/")
    return task, int(part)
