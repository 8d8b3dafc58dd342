"""Films in which flite speaks, with the time of every word as flite itself tells it.

`spoken_film("rms")` gives the path of a film and its words. Nobody's recording: text and voice are made here.
"""

from __future__ import annotations

import functools
import json
import re
import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.films import CACHE, kept_file, run_ffmpeg

RATE = 16_000
LEAD_SECONDS, PAUSE_SECONDS = 0.8, 0.6
STORY = (
    "The old lighthouse stood on a rocky island far from the coast.",
    "Every evening the keeper climbed the long stairs and lit the lamp.",
    "Ships passed by in the night and the light showed them the way home.",
    "One winter a great storm came down from the north.",
    "The wind broke the windows and the waves covered the rocks.",
    "For three days nobody could leave the house.",
    "The keeper wrote a letter to his sister in the city.",
    "He told her about the birds that had come to rest on the roof.",
)
# News, a lesson, a chat: what a stranger's film may say.
EVERYDAY = (
    "The city council will vote on the new budget next Tuesday.",
    "We bought fresh bread and cheese at the market this morning.",
    "Scientists have found water under the surface of the planet.",
    "Children under five may travel free of charge.",
    "The doctor told me to drink more water and get some sleep.",
    "In this video I will show you how to build a simple wooden table.",
)
Sound = NDArray[np.int16]


@dataclass(frozen=True)
class SpokenWord:
    """One word of the truth, in small letters and without punctuation."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True)
class SpokenFilm:
    path: Path
    text: str
    words: tuple[SpokenWord, ...]


@functools.cache
def spoken_film(
    voice: str = "rms", sentences: Sequence[str] = STORY, *, size: str = "160x90", suffix: str = ".mp4"
) -> SpokenFilm:
    """A film whose sound is the sentences, a pause after each, and its words with their times in the film."""
    recipe = f"3|{voice}|{sentences!r}|{size}|{LEAD_SECONDS}|{PAUSE_SECONDS}|{suffix}"
    sound = kept_file("speech.wav", recipe, lambda scratch: _speak(voice, sentences, scratch)[0])
    truth = kept_file("words.json", recipe, lambda scratch: _speak(voice, sentences, scratch)[1])
    path = kept_file(f"film{suffix}", recipe, lambda scratch: _film(sound, size, scratch / f"film{suffix}"))
    words = tuple(SpokenWord(*entry) for entry in json.loads(truth.read_text()))
    return SpokenFilm(path, " ".join(sentences), words)


def spoken_sound(voice: str = "rms", sentences: Sequence[str] = STORY) -> tuple[bytes, tuple[SpokenWord, ...]]:
    """The same as raw 16 kHz mono, as listeners get it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    samples, words = _sentences(voice, sentences)
    return samples.tobytes(), tuple(words)


def words_right(truth: Sequence[SpokenWord], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of places of the words that were heard right, by the least edits."""
    said = [word.text for word in truth]
    table = np.zeros((len(said) + 1, len(heard) + 1), dtype=int)
    table[:, 0], table[0, :] = range(len(said) + 1), range(len(heard) + 1)
    for i, one in enumerate(said, start=1):
        for j, other in enumerate(heard, start=1):
            table[i, j] = min(table[i - 1, j - 1] + (one != other), table[i - 1, j] + 1, table[i, j - 1] + 1)
    i, j, pairs = len(said), len(heard), []
    while i and j:
        if table[i, j] == table[i - 1, j - 1] + (said[i - 1] != heard[j - 1]):
            pairs += [(i - 1, j - 1)] if said[i - 1] == heard[j - 1] else []
            i, j = i - 1, j - 1
        elif table[i, j] == table[i - 1, j] + 1:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def plain(text: str) -> str:
    """A word as the truth spells it."""
    return re.sub(r"[^a-z']", "", text.lower())


def _speak(voice: str, sentences: Sequence[str], scratch: Path) -> tuple[Path, Path]:
    samples, words = _sentences(voice, sentences)
    sound, truth = scratch / "speech.wav", scratch / "words.json"
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    truth.write_text(json.dumps([[w.text, w.start_seconds, w.end_seconds] for w in words]))
    return sound, truth


@functools.cache
def _sentences(voice: str, sentences: Sequence[str]) -> tuple[Sound, list[SpokenWord]]:
    parts = [_silence(LEAD_SECONDS)]
    words: list[SpokenWord] = []
    for sentence in sentences:
        at = sum(map(len, parts)) / RATE
        samples, spoken = _sentence(voice, sentence)
        words += [SpokenWord(text, at + start, at + end) for text, start, end in spoken]
        parts += [samples, _silence(PAUSE_SECONDS)]
    return np.concatenate(parts), words


def _sentence(voice: str, sentence: str) -> tuple[Sound, list[tuple[str, float, float]]]:
    """Its sound, and its words with times: flite tells the end of each phone, and how many each word has."""
    phones = [phone.split(":") for phone in _flite(voice, "-psdur", sentence)]
    ends = [float(end) for _, end in phones]
    places = [number for number, (name, _) in enumerate(phones) if name != "pau"]
    words = []
    for text in [plain(word) for word in sentence.split()]:
        count = _phone_count(voice, text)
        mine, places = places[:count], places[count:]
        words.append((text, ends[mine[0] - 1] if mine[0] else 0.0, ends[mine[-1]]))
    assert not places, f"{voice} says “{sentence}” in other phones than its words: choose other words"
    return _sound(voice, sentence), words


@functools.cache
def _phone_count(voice: str, word: str) -> int:
    return sum(phone != "pau" for phone in _flite(voice, "-ps", word))


def _flite(voice: str, what: str, text: str) -> list[str]:
    command = ["flite", "-voice", voice, what, "-t", text, "none"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()


def _sound(voice: str, text: str) -> Sound:
    command = ["flite", "-voice", voice, "-t", text, "-o", "/dev/stdout"]
    body = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    # The header of what goes to a pipe has no length: what follows it is all sound.
    samples = np.frombuffer(body[44 : len(body) - len(body) % 2], dtype="<i2")
    rate = int.from_bytes(body[24:28], "little")
    return samples if rate == RATE else _as_wide(samples, rate)


def _as_wide(samples: Sound, rate: int) -> Sound:
    """The same sound at `RATE`, with nothing in what it did not have."""
    length = len(samples) * RATE // rate
    spectrum = np.zeros(length // 2 + 1, dtype=complex)
    narrow = np.fft.rfft(samples)
    spectrum[: len(narrow)] = narrow
    return (np.fft.irfft(spectrum, length) * RATE / rate).clip(-32_767, 32_767).astype(np.int16)


def _silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), dtype=np.int16)


def _film(sound: Path, size: str, target: Path) -> Path:
    picture = ("-f", "lavfi", "-i", f"testsrc2=s={size}:r=25")
    codecs = (
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-g",
        "50",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-b:a",
        "96k",
    )
    run_ffmpeg((*picture, "-i", str(sound), *codecs, "-ar", "48000", "-shortest", target.name), folder=target.parent)
    return target
