"""Cuts sound into chunks of about a minute while it comes, in the middle of pauses, and leaves out what is silent
or no voice. It holds a minute and a half of sound, however long the film is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from marquee.speech.levels import RATE, STEP, STEPS_A_SECOND, Levels, levels_of, loud_spans, samples_of, speaking_level
from marquee.speech.voice import voice_of

SHORTEST_SECONDS, LONGEST_SECONDS = 40, 80
_MARGIN_STEPS = 30
_QUIET_WINDOW = 10  # steps: without any pause, the quietest tenth of a second is the best place
_LEAST_SPEECH_STEPS = 15
# One span of a minute of music may look like a voice; whoever listens for words finds out.
_LEAST_VOICE = 0.05


@dataclass(frozen=True, slots=True)
class Cut:
    """One chunk's sound. `speech_seconds`: how long of it is not silent."""

    start_seconds: float
    end_seconds: float
    speech_seconds: float
    pcm: bytes


class SpeechCutter:
    """Takes sound as it comes and hands out chunks in order."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._at = 0  # samples before what is held

    @property
    def seconds(self) -> float:
        """How much sound has come."""
        return (self._at + len(self._held) // 2) / RATE

    def feed(self, pcm: bytes) -> Iterator[Cut]:
        """Chunks that the sound completes."""
        self._held += pcm
        while len(self._held) >= 2 * RATE * LONGEST_SECONDS:
            levels = levels_of(samples_of(self._held[: 2 * RATE * LONGEST_SECONDS]))
            yield from self._take(_best_place(levels), levels)

    def finish(self) -> Iterator[Cut]:
        """What is left."""
        levels = levels_of(samples_of(self._held))
        if len(levels):
            yield from self._take(len(levels), levels)

    def _take(self, steps: int, levels: Levels) -> Iterator[Cut]:
        """Chunk of the first `steps` steps, without the silence at its ends, if there is any voice in it."""
        length = 2 * STEP * steps
        loud = levels[:steps] > speaking_level(levels)
        spoken = [span for span in loud_spans(loud, bridged_steps=3) if span[1] - span[0] >= 3]
        if sum(end - start for start, end in spoken) >= _LEAST_SPEECH_STEPS:
            first, last = max(0, spoken[0][0] - _MARGIN_STEPS), min(steps, spoken[-1][1] + _MARGIN_STEPS)
            pcm = bytes(self._held[2 * STEP * first : 2 * STEP * last])
            if voice_of(samples_of(pcm)).share >= _LEAST_VOICE:
                yield Cut(
                    start_seconds=self._at / RATE + first / STEPS_A_SECOND,
                    end_seconds=self._at / RATE + last / STEPS_A_SECOND,
                    speech_seconds=int(loud.sum()) / STEPS_A_SECOND,
                    pcm=pcm,
                )
        del self._held[:length]
        self._at += length // 2


def _best_place(levels: Levels) -> int:
    """The step at which to cut: the middle of the longest pause that leaves no chunk too short."""
    least = SHORTEST_SECONDS * STEPS_A_SECOND
    quiet = levels[least:] <= speaking_level(levels)
    pauses = list(loud_spans(quiet, bridged_steps=0))
    start, end = max(pauses, key=lambda pause: pause[1] - pause[0], default=(0, 0))
    if end - start >= _QUIET_WINDOW:
        return least + (start + end) // 2
    smooth = np.convolve(levels[least:], np.ones(_QUIET_WINDOW), mode="valid")
    return least + int(np.argmin(smooth)) + _QUIET_WINDOW // 2
