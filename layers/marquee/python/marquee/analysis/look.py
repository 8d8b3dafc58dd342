"""One look at all of a film's pictures, and one at its sound: what is measured frame by frame, and samples to look at
more closely."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from marquee.analysis.commands import picture_command, sound_command
from marquee.analysis.metadata import FrameValues, Stretches, Values
from marquee.analysis.shots import Frame
from marquee.domain.deadline import Deadline
from marquee.domain.errors import OutputMismatch
from marquee.media import process
from marquee.media.failures import raise_for_exit

TakeSample = Callable[[float, bytes], None]

_SILENT_PEAK_DECIBELS = -120.0


@dataclass(frozen=True, slots=True)
class Size:
    """Of a rendition's picture, in pixels."""

    width: int
    height: int


class _Enough(Exception):
    """The time is up: what was found until now is what there is."""


@dataclass(slots=True)
class Pictures:
    """What every frame said. Black stretches are `(start, end)` in seconds. `until_seconds`: as far as was looked."""

    frames: list[Frame] = field(default_factory=list)
    black: list[tuple[float, float]] = field(default_factory=list)
    until_seconds: float = 0.0
    cpu_seconds: float = 0.0


@dataclass(slots=True)
class Sound:
    """What the track said until `until_seconds`; `integrated_lufs` is None when all of it is silent."""

    silence: list[tuple[float, float]] = field(default_factory=list)
    integrated_lufs: float | None = None
    range_lu: float = 0.0
    true_peak_dbfs: float = _SILENT_PEAK_DECIBELS
    until_seconds: float = 0.0
    cpu_seconds: float = 0.0


class _Samples:
    """Grey pictures of one size out of a pipe, joined with the times that another pipe tells."""

    def __init__(self, size: Size, take: TakeSample) -> None:
        self._bytes = size.width * size.height
        self._take = take
        self._kept = bytearray()
        self._pictures: list[bytes] = []
        self._times: list[float] = []

    def pixels(self, data: bytes) -> None:
        self._kept += data
        while len(self._kept) >= self._bytes:
            self._pictures.append(bytes(self._kept[: self._bytes]))
            del self._kept[: self._bytes]
        self._hand_out()

    def told(self, at_seconds: float, _: Values) -> None:
        self._times.append(at_seconds)
        self._hand_out()

    def close(self) -> None:
        """No more comes. Raises OutputMismatch where a picture has no time, or a time no picture."""
        if self._times or self._pictures or self._kept:
            raise OutputMismatch("the samples of a film and their times do not belong together")

    def _hand_out(self) -> None:
        while self._times and self._pictures:
            self._take(self._times.pop(0), self._pictures.pop(0))


def look_at_pictures(
    ffmpeg: str,
    film: Path,
    size: Size,
    take: TakeSample,
    *,
    duration_seconds: float,
    on_seconds: Callable[[float], None] = lambda _: None,
    deadline: Deadline | None = None,
) -> Pictures:
    """Decode the rendition once, until `deadline` at the most. `take` is given `size`d grey pictures with their times,
    two a second, in order; `on_seconds` how far it is.

    Raises what `media.failures` raises, and TransientError when the decoder does not get on.
    """
    found, black = Pictures(), Stretches("black_start", "black_end")

    def told(at_seconds: float, values: Values) -> None:
        _check(deadline)
        found.frames.append(Frame(at_seconds, float(values.get("scd.mafd", 0))))
        black.take(values)
        found.until_seconds = at_seconds

    every, samples = FrameValues(told), _Samples(size, take)
    sampled = FrameValues(samples.told)
    with suppress(_Enough):
        ended = process.run(
            lambda pipes: picture_command(ffmpeg, film, pipes),
            [every, sampled, samples.pixels],
            folder=film.parent,
            limits=limits_for(duration_seconds),
            on_media_time=on_seconds,
        )
        raise_for_exit(ended)
        every.close()
        sampled.close()
        samples.close()
        found.until_seconds, found.cpu_seconds = duration_seconds, ended.cpu_seconds
    black.close(found.until_seconds)
    found.black = black.found
    return found


def listen(ffmpeg: str, film: Path, *, duration_seconds: float, deadline: Deadline | None = None) -> Sound:
    """Decode the track once, until `deadline` at the most. Raises as `look_at_pictures`."""
    found, silence, last = Sound(), Stretches("silence_start", "silence_end"), Values()

    def told(at_seconds: float, values: Values) -> None:
        _check(deadline)
        silence.take(values)
        last.update(values)
        found.until_seconds = at_seconds

    lines = FrameValues(told)
    with suppress(_Enough):
        ended = process.run(
            lambda pipes: sound_command(ffmpeg, film, pipes),
            [lines],
            folder=film.parent,
            limits=limits_for(duration_seconds),
        )
        raise_for_exit(ended)
        lines.close()
        found.until_seconds, found.cpu_seconds = duration_seconds, ended.cpu_seconds
    silence.close(found.until_seconds)
    found.silence = silence.found
    peak = float(last.get("r128.true_peak", 0))
    if peak > 0:
        found.integrated_lufs = float(last["r128.I"])
        found.range_lu = float(last["r128.LRA"])
        found.true_peak_dbfs = 20 * math.log10(peak)
    return found


def _check(deadline: Deadline | None) -> None:
    if deadline is not None and not deadline.remaining():
        raise _Enough


def limits_for(duration_seconds: float) -> process.Limits:
    """Many times what a film of this length takes."""
    seconds = 60 + duration_seconds / 2
    return process.Limits(cpu_seconds=int(seconds), wall_seconds=2 * seconds)
