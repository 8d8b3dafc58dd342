"""Tasks that make a film richer and never hold it back: what they are told, and what is said when they fail."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from marquee.domain.media import Model
from marquee.domain.pipeline import Source
from marquee.domain.work import Cause

# They never fail a job, and run again by themselves when it is completed.
EnrichTask = Literal["images", "captions", "analysis"]
ENRICH_TASKS: tuple[EnrichTask, ...] = ("images", "captions", "analysis")
EnrichKind = Literal["cut_speech", "transcribe_chunk", "analyze"]
CaptionsProvider = Literal["off", "sphinx", "transcribe", "whisper"]
SpeechProvider = Literal["sphinx", "transcribe", "whisper"]
AnalysisProvider = Literal["local", "amazon"]
ModerationPolicy = Literal["allow", "hold", "block"]


class EnrichChoices(Model):
    """What the client asked for with an upload; None: as the environment does it."""

    captions: bool | None = None
    analysis: bool | None = None


class EnrichOrder(Model):
    """One call of the enrichment worker: pointers, never payloads. `index` counts the chunks of a map.

    What the worker reads of `video.generate_subtitles` and `video.ai_analysis` (`domain.messages`).
    """

    job_id: str
    media_bucket: str
    source: Source
    kind: EnrichKind
    index: int = Field(default=0, ge=0)
    asset_id: str = ""
    caused_by: Cause = Cause()


class EnrichAnswer(Model):
    """What the worker answers. `chunks`: the indexes to transcribe next, of `cut_speech` only."""

    result_key: str
    chunks: tuple[int, ...] = ()


HoldState = Literal["held", "released", "blocked"]


class ModerationHold(Model):
    """Whether an asset's version may be watched as far as its verdict goes. `reasons` are for administrators.

    `held`: waits for an administrator; `released`, `blocked`: decided, by the policy or by a person (`decided_by`).
    """

    asset_version: int
    state: HoldState
    verdict: Literal["clear", "flagged", "not_examined"]
    reasons: tuple[str, ...] = ()
    decided_by: str | None = None
    decided_at: datetime | None = None
