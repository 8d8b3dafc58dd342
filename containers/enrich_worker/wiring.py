"""Adapters of the worker, built on first use."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path

from marquee.adapters.objects import S3Objects
from marquee.adapters.progress_reports import ValkeyReports
from marquee.analysis.material import Analyst
from marquee.media.commands import Tool
from marquee.media.ffmpeg import find_ffmpeg
from marquee.services.enrich_tools import EnrichTools

from enrich_worker.settings import Settings


@cache
def wire() -> EnrichTools:
    """The tools over the real adapters; one in a process."""
    settings = Settings.read()
    return EnrichTools(
        objects=S3Objects(),
        board=ValkeyReports(settings.valkey_endpoint, tls=settings.valkey_tls),
        tool=Tool(ffmpeg=str(find_ffmpeg()), decode_threads=1, ca_file=ssl.get_default_verify_paths().cafile),
        captions_provider=settings.captions_provider,
        analysis_provider=settings.analysis_provider,
        analyst=_analyst_of(settings),
        model_path=Path(settings.model_path) if settings.model_path else None,
    )


def _analyst_of(settings: Settings) -> Callable[[], Analyst] | None:
    """Amazon's services, where they are chosen; None: the analyst that needs none."""
    if settings.analysis_provider != "amazon":
        return None

    def build() -> Analyst:
        from marquee.adapters.bedrock import BedrockModel, BedrockRuntime
        from marquee.adapters.rekognition import RekognitionExaminer
        from marquee.analysis.amazon_analyst import AmazonAnalyst

        model = BedrockModel(settings.language_model, BedrockRuntime()) if settings.language_model else None
        return AmazonAnalyst(str(find_ffmpeg()), RekognitionExaminer(), model)

    return build
