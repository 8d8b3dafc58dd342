"""What the services of the enrichment worker are given: buckets, the progress board and tools, and no database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from marquee.analysis.material import Analyst
from marquee.domain.enrichment import AnalysisProvider, SpeechProvider
from marquee.domain.ports import ObjectStore, ProgressBoard
from marquee.media.commands import Tool


@dataclass(frozen=True, slots=True)
class EnrichTools:
    """`analyst` looks at a film; None: the one that needs no service.
    `model_path`: folder of the speech model, where the provider needs one from outside of its package.
    `scratch` is where working folders are made; None: the system's own."""

    objects: ObjectStore
    board: ProgressBoard
    tool: Tool
    captions_provider: SpeechProvider = "sphinx"
    analysis_provider: AnalysisProvider = "local"
    analyst: Callable[[], Analyst] | None = None
    model_path: Path | None = None
    scratch: Path | None = None
