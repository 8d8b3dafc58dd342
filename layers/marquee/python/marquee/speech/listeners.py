"""The listener that an environment has chosen, imported when it is asked for: each brings heavy models."""

from __future__ import annotations

from pathlib import Path

from marquee.domain.enrichment import SpeechProvider
from marquee.speech.hearing import SpeechToText


def listener_of(
    provider: SpeechProvider, *, model_path: Path | None = None, scratch: Path | None = None
) -> SpeechToText | None:
    """None where the service of the cloud listens to the whole film by itself. `model_path`: folder of its model."""
    if provider == "transcribe":
        return None
    if provider == "whisper":
        from marquee.speech.whisper import Whisper

        return Whisper(model_path)
    from marquee.speech.sphinx import Sphinx

    return Sphinx(scratch)
