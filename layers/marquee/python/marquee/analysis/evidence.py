"""What a language model is told of a film, line by line, and whether what it answers stands there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from marquee.domain.analysis import Analysis
from marquee.domain.speech import Word

_WORDS_A_LINE = 24
_PAUSE_SECONDS = 1.0
# Characters of all lines: some 6,000 tokens of a European language.
MOST_CHARACTERS = 24_000
_WORD = re.compile(r"[^\W_]+")
# Shorter words are the mortar of every language; of the others their beginning, which inflection leaves alone.
_SHORTEST, _STEM = 4, 5


@dataclass(frozen=True, slots=True)
class Line:
    """Something said, written or seen, and when."""

    start_seconds: float
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.start_seconds:.1f}s {self.kind}: {self.text}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """`lines` are counted from 1 for the model."""

    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return "\n".join(f"[{number}] {line}" for number, line in enumerate(self.lines, 1))

    def grounds(self, text: str, cited: Sequence[int] | None = None) -> float:
        """The share of the text's content words that stand in the cited lines, or in any; 0 where it has none."""
        numbers = range(1, len(self.lines) + 1) if cited is None else cited
        known = {stem for n in numbers if 1 <= n <= len(self.lines) for stem in stems(self.lines[n - 1].text)}
        wanted = stems(text)
        return len([stem for stem in wanted if stem in known]) / len(wanted) if wanted else 0.0


def stems(text: str) -> list[str]:
    return [word[:_STEM] for word in _WORD.findall(text.casefold()) if len(word) >= _SHORTEST]


def gather_evidence(analysis: Analysis, words: Sequence[Word]) -> Evidence:
    """Everything that was found, in order of time; thinned out evenly where it is more than a model is asked."""
    lines = [
        *_spoken(words),
        *(Line(text.start_seconds, "written", " ".join(text.text.split())) for text in analysis.on_screen_text),
        *(Line(label.at_seconds[0], "seen", label.name) for label in analysis.labels if label.at_seconds),
    ]
    lines.sort(key=lambda line: line.start_seconds)
    length = sum(len(str(line)) + 8 for line in lines)
    if length > MOST_CHARACTERS:
        step = length / MOST_CHARACTERS
        lines = [lines[int(index * step)] for index in range(int(len(lines) / step))]
    return Evidence(tuple(lines))


def _spoken(words: Sequence[Word]) -> list[Line]:
    lines: list[list[Word]] = []
    for word in words:
        full = not lines or len(lines[-1]) >= _WORDS_A_LINE
        if full or word.start_seconds - lines[-1][-1].end_seconds >= _PAUSE_SECONDS:
            lines.append([])
        lines[-1].append(word)
    return [Line(line[0].start_seconds, "said", " ".join(word.text for word in line)) for line in lines]
