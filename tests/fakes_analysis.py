"""Services that look at pictures and write, as tests want them: what they say is given, what is asked is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marquee.domain.analysis_services import Sighting


def nothing(_: bytes) -> Sequence[Sighting]:
    return []


@dataclass
class FakeExaminer:
    """A `PictureExaminer`."""

    sees: Callable[[bytes], Sequence[Sighting]] = nothing
    objects: Callable[[bytes], Sequence[Sighting]] = nothing
    name: str = "examiner"

    def labels(self, picture: bytes) -> Sequence[Sighting]:
        return self.sees(picture)

    def objections(self, picture: bytes) -> Sequence[Sighting]:
        return self.objects(picture)


@dataclass
class FakeModel:
    """A `LanguageModel` that says what it is given to say, or raises it."""

    says: Mapping[str, Any] | Exception
    name: str = "model"
    prompts: list[str] = field(default_factory=list)
    caps: list[int] = field(default_factory=list)

    def answer(self, system: str, prompt: str, schema: Mapping[str, Any], *, max_tokens: int) -> Mapping[str, Any]:
        self.prompts.append(prompt)
        self.caps.append(max_tokens)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says
