"""The local listener: PocketSphinx and its English model, in a confined child. What it hears is a draft."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from marquee.domain.errors import TransientError
from marquee.domain.speech import SpeechSource, Word
from marquee.media import process
from marquee.speech.exchange import SOUND, WORDS
from marquee.speech.hearing import Heard, LanguageNotSupported, OnFraction, ProviderGarbage

logger = logging.getLogger("marquee.speech")

LANGUAGE = "en"
_MODULE = "marquee.speech.sphinx_child"
_MOST_ANSWER_BYTES = 8 << 20
# It takes a tenth of the time that is spoken; on the slowest machine, under load, not as long as itself.
_STARTING_SECONDS, _SLOWEST = 60, 3
_MEMORY_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Sphinx:
    """`scratch`: where working folders are made; None: the system's own. `command` is how the child is started."""

    scratch: Path | None = None
    command: tuple[str, ...] = (sys.executable, "-m", _MODULE)
    source: SpeechSource = "sphinx"
    draft: bool = True

    def check_language(self, language: str | None) -> None:
        if language is not None and language.partition("-")[0].lower() != LANGUAGE:
            raise LanguageNotSupported(f"The local listener knows English only; the film's sound is “{language}”.")

    def hear(self, pcm: bytes, *, language: str | None, text: Sequence[str], on_fraction: OnFraction) -> Heard:
        seconds = len(pcm) / 32_000
        answer = bytearray()
        with tempfile.TemporaryDirectory(dir=self.scratch, prefix="speech-") as name:
            folder = Path(name)
            (folder / SOUND).write_bytes(pcm)
            (folder / WORDS).write_text(json.dumps(list(text)))
            ended = process.run(
                lambda pipes: [*self.command, pipes[0]],
                [_limited(answer)],
                folder=folder,
                limits=_limits(seconds),
                on_media_time=lambda at: on_fraction(min(1.0, at / max(seconds, 0.01))),
                # Nothing of ours is handed on: credentials least of all.
                environment={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"},
            )
        _check_end(ended)
        return Heard(_words(bytes(answer)), LANGUAGE, ended.cpu_seconds)


def _limits(seconds: float) -> process.Limits:
    most = _STARTING_SECONDS + _SLOWEST * seconds
    return process.Limits(
        cpu_seconds=int(most), wall_seconds=2 * most, silence_seconds=most, address_space_bytes=_MEMORY_BYTES
    )


def _limited(answer: bytearray) -> process.Sink:
    def take(data: bytes) -> None:
        answer.extend(data)
        if len(answer) > _MOST_ANSWER_BYTES:
            raise ProviderGarbage("The listener would not stop talking.")

    return take


def _check_end(ended: process.Exit) -> None:
    if ended.code == 0:
        return
    if ended.spent:
        raise ProviderGarbage("Listening to the film takes more computing than Marquee allows.", code="too_costly")
    if ended.code < 0:
        raise TransientError(f"the listener was ended by signal {-ended.code}", code="listener_ended")
    logger.warning("the listener failed: %s", ended.stderr)
    raise TransientError("the listener failed", code="listener_failed")


def _words(answer: bytes) -> tuple[Word, ...]:
    """Checked as what comes from another process is: it has read bytes that nobody vouches for."""
    try:
        found = json.loads(answer)["words"]
        return tuple(
            Word(
                text=_shown(str(text)), start_seconds=float(start), end_seconds=float(end), confidence=float(confidence)
            )
            for text, start, end, confidence in found
        )
    except (ValueError, TypeError, KeyError) as error:
        raise ProviderGarbage("The listener's answer cannot be read.") from error


def _shown(word: str) -> str:
    """As English writes it: the model knows small letters only."""
    return word.capitalize() if word == "i" or word.startswith("i'") else word
