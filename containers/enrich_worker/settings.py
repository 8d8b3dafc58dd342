"""The worker reads buckets from its order; only the progress board is its own."""

from __future__ import annotations

from marquee.domain.enrichment import AnalysisProvider, SpeechProvider
from marquee.entry.settings import CacheSettings


class Settings(CacheSettings):
    """Who listens and who looks; `model_path`: folder of a speech model that the image does not bring;
    `language_model`: Bedrock's id of the one that describes films; empty: none does."""

    captions_provider: SpeechProvider = "sphinx"
    analysis_provider: AnalysisProvider = "local"
    model_path: str = ""
    language_model: str = ""
