"""Clock times of subtitle files, read leniently and written strictly. Pure."""

from __future__ import annotations

import re

CLOCK = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,6})?"
# Settings of WebVTT and positions of SubRip follow the second time.
TIME_LINE = re.compile(rf"\s*(-?{CLOCK})\s*-{{1,2}}>\s*(-?{CLOCK})(?:\s.*)?")


def seconds_of(clock: str) -> float:
    """`01:02:03,500`, `02:03.5` or `0:00:01.25` in seconds; a sign in front counts."""
    whole, _, part = clock.strip().lstrip("-").replace(",", ".").partition(".")
    seconds = 0
    for number in whole.split(":"):
        seconds = seconds * 60 + int(number)
    value = seconds + (int(part) / 10 ** len(part) if part else 0.0)
    return -value if clock.strip().startswith("-") else value


def vtt_clock(seconds: float) -> str:
    """`01:02:03.500`."""
    milliseconds = max(0, round(seconds * 1000))
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def srt_clock(seconds: float) -> str:
    """`01:02:03,500`."""
    return vtt_clock(seconds).replace(".", ",")
