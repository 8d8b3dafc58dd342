"""Reads what FFmpeg's `metadata=print` and `ametadata=print` write: a line for each frame, then its values."""

from __future__ import annotations

from collections.abc import Callable

Values = dict[str, str]
_KEY = b"lavfi."


class FrameValues:
    """A pipe's reader: tells each frame's time in seconds and its values, by their keys without `lavfi.`."""

    def __init__(self, told: Callable[[float, Values], None]) -> None:
        self._told = told
        self._rest = b""
        self._at: float | None = None
        self._values: Values = {}

    def __call__(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line.startswith(_KEY):
                key, _, value = line[len(_KEY) :].partition(b"=")
                self._values[key.decode()] = value.decode()
            elif line.startswith(b"frame:"):
                self.close()
                self._at = float(line.rpartition(b"pts_time:")[2])

    def close(self) -> None:
        """No more comes: tell the last frame, too."""
        if self._at is not None:
            self._told(self._at, self._values)
        self._at, self._values = None, {}


class Stretches:
    """Spans that are told by a value at their beginning and another at their end."""

    def __init__(self, start_key: str, end_key: str) -> None:
        self._keys = (start_key, end_key)
        self._open: float | None = None
        self.found: list[tuple[float, float]] = []

    def take(self, values: Values) -> None:
        start, end = (values.get(key) for key in self._keys)
        if end is not None:
            self.close(float(end))
        if start is not None:
            self._open = max(0.0, float(start))

    def close(self, end: float) -> None:
        """The stretch that is open ends here, if there is one."""
        if self._open is not None and end > self._open:
            self.found.append((self._open, end))
        self._open = None
