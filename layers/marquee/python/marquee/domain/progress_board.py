"""The live progress board's names in Valkey: one hash a job, a field a part of a task."""

from __future__ import annotations


def board_key(job_id: str) -> str:
    return f"job:{job_id}:progress"


def board_field(task: str, part: int) -> str:
    return f"{task}/{part}"


def part_of(field: str) -> tuple[str, int]:
    """Task and part of a field."""
    task, _, part = field.partition("/")
    return task, int(part)
