"""Captions of television (CEA-608, field 1, first channel): byte pairs in time → cues. Pure.

Pop-on captions appear whole; what rolls up or is painted letter by letter is shown from its first letter on.
Places, colours and styles are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from marquee.domain.text_tracks import Cue

# A set takes the text away when nothing came for this long (CEA-608 §C.9): what follows was lost on the way.
LONGEST_SECONDS = 16.0

_BASIC = {0x2A: "á", 0x5C: "é", 0x5E: "í", 0x5F: "ó", 0x60: "ú", 0x7B: "ç", 0x7C: "÷", 0x7D: "Ñ", 0x7E: "ñ", 0x7F: "█"}
_SPECIAL = "®°½¿™¢£♪à èâêîôû"
# They follow a plain letter that stands in for them, and take its place.
_EXTENDED = {
    0x12: "ÁÉÓÚÜü‘¡*'—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»",
    0x13: "ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤¦ÅåØø┌┐└┘",
}
_ROWS = {
    0x10: (11,),
    0x11: (1, 2),
    0x12: (3, 4),
    0x13: (12, 13),
    0x14: (14, 15),
    0x15: (5, 6),
    0x16: (7, 8),
    0x17: (9, 10),
}
_BASE_ROW = 15
_SECOND_CHANNEL = 0x08

_POP_ON, _ROLL_UP, _PAINT_ON = "pop-on", "roll-up", "paint-on"
_LOAD, _BACKSPACE, _DELETE_ROW, _PAINT, _ERASE_SHOWN, _RETURN, _ERASE_HIDDEN, _SHOW = (
    0x20, 0x21, 0x24, 0x29, 0x2C, 0x2D, 0x2E, 0x2F,
)  # fmt: skip
_MODES = {_LOAD: _POP_ON, _PAINT: _PAINT_ON}
_ROLLS = range(0x25, 0x28)
_TEXT_MODES = (0x2A, 0x2B)


@dataclass(slots=True)
class _Memory:
    """Letters by row, and the row that is written to."""

    rows: dict[int, str] = field(default_factory=dict)
    row: int = _BASE_ROW

    def write(self, text: str) -> None:
        self.rows[self.row] = self.rows.get(self.row, "") + text

    def back(self) -> None:
        self.rows[self.row] = self.rows.get(self.row, "")[:-1]

    def correct(self, code: int) -> None:
        if code == _BACKSPACE:
            self.back()
        elif code == _DELETE_ROW:
            self.rows.pop(self.row, None)

    @property
    def text(self) -> str:
        lines = (" ".join(self.rows[row].split()) for row in sorted(self.rows))
        return "\n".join(line for line in lines if line)


@dataclass(slots=True)
class _Decoder:
    """A set that shows the first channel."""

    mode: str = _POP_ON
    shown: _Memory = field(default_factory=_Memory)
    hidden: _Memory = field(default_factory=_Memory)
    since: float | None = None
    first_channel: bool = True
    beside: bool = False  # text services beside the captions
    last: tuple[int, int] | None = None
    cues: list[Cue] = field(default_factory=list)

    def feed(self, at: float, first: int, second: int) -> None:
        if 0x10 <= first <= 0x1F:
            # Controls are sent twice, so that one may get lost.
            if self.last == (first, second):
                self.last = None
                return
            self.last = (first, second)
            self.first_channel = not first & _SECOND_CHANNEL
            if self.first_channel:
                self.beside = _is_beside(first, second, self.beside)
            if self.ours:
                self.control(at, first, second)
            return
        self.last = None
        if self.ours and first >= 0x20:
            self.letters(at, "".join(_letter(byte) for byte in (first, second) if byte >= 0x20))

    @property
    def ours(self) -> bool:
        return self.first_channel and not self.beside

    def control(self, at: float, first: int, second: int) -> None:
        if first in {0x14, 0x15} and 0x20 <= second <= 0x2F:
            self.command(at, second)
        elif second >= 0x40:
            self.place(first, second)
        elif first == 0x11 and second >= 0x30:
            self.letters(at, _SPECIAL[second - 0x30])
        elif first in _EXTENDED and second >= 0x20:
            self.memory.back()
            self.letters(at, _EXTENDED[first][second - 0x20])
        elif first == 0x11 or (first == 0x17 and 0x21 <= second <= 0x23):
            self.letters(at, " ")  # a change of style, or some columns to the right

    def command(self, at: float, code: int) -> None:
        if code in _MODES:
            self.mode = _MODES[code]
        elif code in _ROLLS:
            self.roll(at)
        elif code == _SHOW:
            self.show(at)
        elif code == _ERASE_SHOWN or (code == _RETURN and self.mode == _ROLL_UP):
            self.finish(at)
            self.shown = _Memory()
        elif code == _ERASE_HIDDEN:
            self.hidden = _Memory()
        else:
            self.memory.correct(code)

    def show(self, at: float) -> None:
        self.mode = _POP_ON
        self.finish(at)
        self.shown, self.hidden = self.hidden, _Memory()
        self.since = at if self.shown.text else None

    def roll(self, at: float) -> None:
        if self.mode != _ROLL_UP:
            self.finish(at)
            self.shown, self.hidden = _Memory(), _Memory()
        self.mode = _ROLL_UP

    def place(self, first: int, second: int) -> None:
        """A preamble says the row; lines that roll are all one row here."""
        if self.mode != _ROLL_UP:
            rows = _ROWS[first]
            self.memory.row = rows[-1] if second & 0x20 else rows[0]
            self.letters_apart()

    def letters_apart(self) -> None:
        if self.memory.rows.get(self.memory.row):
            self.memory.write(" ")

    def letters(self, at: float, text: str) -> None:
        self.memory.write(text)
        if self.mode != _POP_ON and self.since is None and text.strip():
            self.since = at

    def finish(self, at: float) -> None:
        """What is shown goes: it was a cue."""
        text, since, self.since = self.shown.text, self.since, None
        if since is not None and text and at > since:
            self.cues.append(Cue(start_seconds=since, end_seconds=min(at, since + LONGEST_SECONDS), text=text))

    @property
    def memory(self) -> _Memory:
        return self.hidden if self.mode == _POP_ON else self.shown


def decode_captions(pairs: Iterable[tuple[float, bytes]], end_seconds: float) -> list[Cue]:
    """Cues out of `(seconds, byte pairs without parity)` in the order of showing; the last ends with the film."""
    decoder = _Decoder()
    for at, data in pairs:
        for first, second in _two_by_two(data):
            decoder.feed(at, first, second)
    decoder.finish(end_seconds)
    return decoder.cues


def _is_beside(first: int, second: int, was: bool) -> bool:
    """Whether what follows a control of our channel is for a text service, until captions go on."""
    if first not in {0x14, 0x15}:
        return was
    resumes = second in _MODES or second in _ROLLS or second == _SHOW
    return second in _TEXT_MODES or (was and not resumes)


def _two_by_two(data: bytes) -> Iterator[tuple[int, int]]:
    yield from zip(data[::2], data[1::2], strict=False)


def _letter(byte: int) -> str:
    return _BASIC.get(byte, chr(byte))
