"""What a source may be at most, and what the confined child may use to find out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class ProbeLimits:
    """Caps on the film (refused with a code above them) and on the child process (killed above them)."""

    max_pixels: int = 8192 * 4320
    max_side: int = 8192
    max_streams: int = 64
    max_duration_seconds: float = 12 * 3600.0
    max_frame_rate: float = 120.0
    # Containers without an index are read whole up to here; above, only their head and tail are.
    whole_read_bytes: int = 64 << 20
    # Where the index names every frame, payload is never read; this only bounds the pretended reading.
    hollow_read_bytes: int = 256 << 30
    # Six hours at 25 frames a second; of more, only the head and the tail are looked at frame by frame.
    hollow_read_frames: int = 600_000
    # An index of twelve hours at 120 frames a second.
    max_frames: int = 12 * 3600 * 120
    memory_bytes: int = 1 << 30
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    open_files: int = 32
    read_timeout_seconds: float = 10.0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> ProbeLimits:
        return cls(**{field.name: values[field.name] for field in fields(cls) if field.name in values})


class Refusal(Exception):
    """The child's word that a source cannot be accepted: `code` for programs, `sentence` for people.

    Not part of `domain.errors`: the child imports neither the domain nor pydantic, so that it starts fast.
    """

    def __init__(self, code: str, sentence: str, *, transient: bool = False) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.transient = transient
