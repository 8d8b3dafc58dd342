"""What is seen and heard in a film. Every value says where it comes from and how sure that is; nothing is invented.

All times are seconds on the player's timeline: 0 is where the output begins (`Plan.origin_seconds` of the source).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from marquee.domain.media import Model

ANALYSIS_SCHEMA = 1
ModerationState = Literal["clear", "flagged", "not_examined"]


class Finding(Model):
    """Base of every value. `source`: what found it, e.g. `ffmpeg.scdet`, `tesseract`; `confidence` 0..1."""

    source: str
    confidence: float = Field(ge=0, le=1)


class Span(Finding):
    """A shot, a black or a silent stretch: `[start_seconds, end_seconds)`."""

    start_seconds: float
    end_seconds: float


class Loudness(Finding):
    """EBU R 128 of the first sound track."""

    integrated_lufs: float
    range_lu: float
    true_peak_dbfs: float


class Face(Finding):
    """Faces in the picture at a moment; box as fractions of width and height: left, top, width, height."""

    at_seconds: float
    box: tuple[float, float, float, float] = Field(examples=[[0.41, 0.18, 0.16, 0.28]])


class OnScreenText(Span):
    """Text that stands in the picture."""

    text: str


class Keyword(Finding):
    """A word or phrase the film is about; `weight` 0..1, higher is more telling."""

    text: str
    weight: float = 1.0


class LanguageGuess(Finding):
    """The language that is spoken (RFC 5646)."""

    language: str


class Label(Finding):
    """A thing or an activity in the picture, and where."""

    name: str
    at_seconds: tuple[float, ...] = ()


class ModerationReason(Finding):
    """What a moderator would look at."""

    name: str
    at_seconds: tuple[float, ...] = ()


class Moderation(Finding):
    """The verdict that gates publishing. `not_examined`: no provider looked, or it refused or failed."""

    state: ModerationState
    reasons: tuple[ModerationReason, ...] = ()


class Chapter(Finding):
    """`[start_seconds, end_seconds)`; all of a film's together cover it without gaps. `source` names the signs of its
    beginning, joined by `+`. `title` None: no words for it were found in the film; `title_source` says where they were.
    `image`: a picture of it, relative to the media prefix."""

    start_seconds: float
    end_seconds: float
    title: str | None = None
    title_source: str | None = None
    image: str | None = None


class Suggestion(Finding):
    """A text proposed for the catalogue, grounded in what was said and seen."""

    text: str


class Suggestions(Model):
    """Proposals for the catalogue; None: the film gives no ground for one."""

    title: Suggestion | None = None
    description: Suggestion | None = None
    tags: tuple[Suggestion, ...] = ()


class Analysis(Model):
    """All of it (`keys.analysis_key`, before that `keys.analysis_work_key`); empty: looked for and not found.

    `missing`: names of the fields that could not be examined, each with a reason for people.
    """

    schema_version: int = ANALYSIS_SCHEMA
    provider: Literal["local", "amazon"]
    duration_seconds: float
    shots: tuple[Span, ...] = ()
    black: tuple[Span, ...] = ()
    silence: tuple[Span, ...] = ()
    loudness: Loudness | None = None
    faces: tuple[Face, ...] = ()
    on_screen_text: tuple[OnScreenText, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    language: LanguageGuess | None = None
    labels: tuple[Label, ...] = ()
    moderation: Moderation
    chapters: tuple[Chapter, ...] = ()
    suggestions: Suggestions = Suggestions()
    missing: dict[str, str] = Field(default_factory=dict)
    cpu_seconds: float = 0.0


class AnalysisPointer(Model):
    """What an asset keeps of its analysis: where it lies in the media bucket and who made it."""

    asset_version: int
    key: str
    schema_version: int
    provider: str
    language: str | None = None
