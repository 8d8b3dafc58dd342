"""The confined half of the local listener: `python -m marquee.speech.sphinx_child <where to write>`.

Reads `sound.pcm` and `words.json` (the words spoken in the whole film, or none) in its working directory and writes
`{"words": [[text, start, end, confidence], …]}` as JSON; on standard output it tells the seconds of sound it has done.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marquee.speech.exchange import SOUND, WORDS
from marquee.speech.levels import STEP, STEPS_A_SECOND, levels_of, samples_of, utterances
from marquee.speech.matching import match_words
from marquee.speech.narrow_band import is_narrow, widened
from marquee.speech.shares import shares_of
from marquee.speech.sphinx_models import decoder_of, english_decoder
from marquee.speech.voice import voice_of

# A model that knows only the text hears nothing else, whatever is said: its words are believed where they come in the
# text's own order. Of a text that is said nearly all do, of another one a third.
_AGREEMENT = 0.6
# One utterance of a chunk that does not agree may do so by chance: it must agree more, and the model be sure of it.
_AGREEMENT_OF_ONE, _SURE_OF_ONE = 0.75, 0.85
# Of what people say in half a minute two words of three are new; of what a model makes of a song's beat one of three.
_LEAST_VARIETY, _RHYTHM_FROM = 0.45, 8
_MOST_LEFT = 3  # words of an utterance's share that may be the next one's


@dataclass(frozen=True, slots=True)
class HeardWord:
    """Times in steps of 10 ms from the beginning of the sound."""

    text: str
    start: int
    end: int
    confidence: float


Utterance = tuple[int, int, list[HeardWord]]


class Listener:
    """Hears one utterance after another of a sound."""

    def __init__(self, pcm: bytes, words: Sequence[str], folder: Path) -> None:
        self._samples = samples_of(pcm)
        self._voice = voice_of(self._samples)
        self._words = words
        self._narrow = is_narrow(self._samples)
        # What is heard badly is looked at twice.
        self._decoder = decoder_of(words, folder) if words else english_decoder(fast=not self._narrow)

    def words(self) -> list[HeardWord]:
        heard = [(start, end, self._hear(start, end)) for start, end in self._spans()]
        believed = self._aligned(heard) if self._words else (one for one in heard if not _is_rhythm(one[2]))
        return [word for _, _, found in believed for word in found]

    def _spans(self) -> Iterator[tuple[int, int]]:
        for start, end in utterances(levels_of(self._samples)):
            # Music may go on where words end, without a pause.
            yield from self._voice.within(start, end)
            print(f"out_time_us={end * 10_000}", flush=True)  # as FFmpeg says it

    def _hear(self, start: int, end: int) -> list[HeardWord]:
        """What the decoder makes of a span of steps; nothing where it is mostly noise to it."""
        self._decoder.start_utt()
        samples = self._samples[start * STEP : end * STEP]
        self._decoder.process_raw((widened(samples) if self._narrow else samples).tobytes(), full_utt=True)
        self._decoder.end_utt()
        parts = list(self._decoder.seg() or ())
        noise = sum(_steps(part) for part in parts if part.word.startswith("["))
        words = [_word(part, start) for part in parts if part.word[0] not in "<[("]
        # What is more noise than words to the model is music: words that it seems to hear there are none.
        return words if noise <= sum(word.end - word.start for word in words) else []

    def _aligned(self, heard: Sequence[Utterance]) -> Iterator[Utterance]:
        """The utterances with exactly the words that the text has there; without any where they are others."""
        texts = [[word.text for word in words] for _, _, words in heard]
        shares = [list(self._words[first:last]) for first, last in shares_of(texts, self._words)]
        agreed = [len(match_words(text, share)) for text, share in zip(texts, shares, strict=True)]
        all_agree = sum(agreed) >= _AGREEMENT * sum(map(len, texts))
        left: list[str] = []  # what the utterance before has not said of its share
        for (start, end, words), share, count in zip(heard, shares, agreed, strict=True):
            text, left = left + share, []
            if not (all_agree or _agrees(count, words)):
                continue
            aligned = words if [word.text for word in words] == text else self._align(start, end, text)
            left = text[len(aligned) :] if aligned else []
            yield start, end, aligned or words

    def _align(self, start: int, end: int, text: list[str]) -> list[HeardWord]:
        """The words of `text` in a span that holds just them, or all but its last few; none when they do not fit."""
        if not text:
            return []
        self._decoder.set_align_text(" ".join(text))
        words = self._hear(start, end)
        self._decoder.activate_search()
        fits = len(text) - _MOST_LEFT <= len(words) and [word.text for word in words] == text[: len(words)]
        return words if fits else []


def _is_rhythm(words: Sequence[HeardWord]) -> bool:
    """Whether the same few words come again and again, as they seem to in music with a beat."""
    return len(words) >= _RHYTHM_FROM and len({word.text for word in words}) < _LEAST_VARIETY * len(words)


def _agrees(count: int, words: Sequence[HeardWord]) -> bool:
    """Whether one utterance's words, of which `count` come in the text's order, are what was said."""
    enough = count >= _AGREEMENT_OF_ONE * len(words)
    return enough and sum(word.confidence for word in words) >= _SURE_OF_ONE * len(words)


def _steps(part: Any) -> int:
    return int(part.end_frame - part.start_frame + 1)


def _word(part: Any, offset: int) -> HeardWord:
    text = part.word.partition("(")[0]
    return HeardWord(text, offset + part.start_frame, offset + part.end_frame + 1, min(1.0, max(0.0, part.prob)))


def main() -> int:
    folder = Path.cwd()
    listener = Listener((folder / SOUND).read_bytes(), json.loads((folder / WORDS).read_text()), folder)
    words = [
        [word.text, word.start / STEPS_A_SECOND, word.end / STEPS_A_SECOND, round(word.confidence, 3)]
        for word in listener.words()
    ]
    with Path(f"/proc/self/fd/{sys.argv[1].removeprefix('pipe:')}").open("w") as answer:
        json.dump({"words": words}, answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
