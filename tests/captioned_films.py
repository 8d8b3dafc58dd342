"""Films with text in them: tracks in the container, and captions within the pictures."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av

from tests.films import film, kept_file, run_ffmpeg

SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Hello</i> & welcome

2
00:00:03,000 --> 00:00:04,000
Second
line
"""
ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\i1}Hallo{\\i0}, \\{du\\}
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,Zweite\\NZeile
"""
# `>> ` rolls up on television; pop-on captions come in whole.
LOAD, SHOW, ERASE, ROW_14, ROW_15 = (0x14, 0x20), (0x14, 0x2F), (0x14, 0x2C), (0x14, 0x50), (0x14, 0x70)

Pair = tuple[int, int]


def with_tracks(suffix: str, *, cache_as: str = "1") -> Path:
    """An MP4 (`mov_text`) or MKV (SubRip, ASS, WebVTT) of six seconds with text in English and German; German is
    forced, in the MKV the WebVTT (French) is for those who do not hear."""

    def make(scratch: Path) -> Path:
        (scratch / "en.srt").write_text(SRT)
        (scratch / "de.ass").write_text(ASS)
        inputs = ["-i", str(film("h264_25")), "-i", "en.srt", "-i", "de.ass"]
        maps = ["-map", "0", "-map", "1", "-map", "2", "-c", "copy"]
        described = [
            "-metadata:s:s:0",
            "language=eng",
            "-metadata:s:s:1",
            "language=ger",
            "-metadata:s:s:1",
            "title=Schilder",
        ]
        described += ["-disposition:s:0", "0", "-disposition:s:1", "forced"]
        if suffix == ".mkv":
            inputs += ["-i", "en.srt"]
            maps += ["-map", "3", "-c:s:0", "srt", "-c:s:1", "ass", "-c:s:2", "webvtt"]
            described += ["-metadata:s:s:2", "language=fre", "-disposition:s:2", "hearing_impaired"]
        else:
            maps += ["-c:s", "mov_text"]
        run_ffmpeg([*inputs, *maps, *described, f"film{suffix}"], folder=scratch)
        return scratch / f"film{suffix}"

    return kept_file(f"with_tracks{suffix}", f"{SRT}{ASS}{cache_as}", make)


def with_text(srt: str) -> Path:
    """An MKV of six seconds with this one SubRip track, which may reach beyond its end."""

    def make(scratch: Path) -> Path:
        (scratch / "en.srt").write_text(srt)
        inputs = ["-i", str(film("h264_25")), "-i", "en.srt", "-map", "0", "-map", "1"]
        run_ffmpeg([*inputs, "-c", "copy", "-c:s", "srt", "film.mkv"], folder=scratch)
        return scratch / "film.mkv"

    return kept_file("with_text.mkv", srt, make)


def pop_on(text: str) -> list[Pair]:
    """What makes `text`, one or two lines, appear at once; controls twice, as they are sent."""
    pairs: list[Pair] = [LOAD, LOAD]
    lines = text.split("\n")
    for row, line in zip((ROW_14, ROW_15)[-len(lines) :], lines, strict=True):
        pairs += [row, row, *spelled(line)]
    return [*pairs, SHOW, SHOW]


def spelled(line: str) -> list[Pair]:
    """Plain letters, two by two."""
    codes = [ord(letter) for letter in line]
    return [(a, b or 0) for a, b in itertools.zip_longest(codes[::2], codes[1::2])]


def with_captions(spoken: Sequence[tuple[float, Sequence[Pair]]], *, suffix: str = ".mp4") -> Path:
    """A film of six seconds whose pictures carry these pairs from each given second on, one a picture."""

    def make(scratch: Path) -> Path:
        source, target = film("h264_25"), scratch / f"film{suffix}"
        queue = _by_picture(spoken)
        with av.open(str(source)) as read, av.open(str(target), "w") as write:
            stream = read.streams.video[0]
            copied = write.add_stream_from_template(stream)
            packets = [packet for packet in read.demux(stream) if packet.size]
            # Captions count by showing, packets come by decoding.
            shown = {pts: number for number, pts in enumerate(sorted(packet.pts or 0 for packet in packets))}
            for packet in packets:
                body = _with_sei(bytes(packet), queue.get(shown[packet.pts or 0], (0, 0)))
                made = av.Packet(body)
                made.pts, made.dts, made.time_base = packet.pts, packet.dts, packet.time_base
                made.duration, made.is_keyframe, made.stream = packet.duration, packet.is_keyframe, copied
                write.mux(made)
        return target

    return kept_file(f"with_captions{suffix}", f"2{list(spoken)!r}", make)


def _by_picture(spoken: Sequence[tuple[float, Sequence[Pair]]], rate: int = 25) -> dict[int, Pair]:
    queue: dict[int, Pair] = {}
    for second, pairs in spoken:
        for offset, pair in enumerate(pairs):
            queue[int(Fraction(second) * rate) + offset] = pair
    return queue


def _with_sei(packet: bytes, pair: Pair) -> bytes:
    """A coded picture (units behind four bytes of length) with its pair in front; (0, 0) pads."""
    triplets = bytes((0xFC, _odd(pair[0]), _odd(pair[1]), 0xF8, 0x80, 0x80))
    message = b"\xb5\x00\x31GA94\x03" + bytes((0x40 | 2, 0xFF)) + triplets + b"\xff"
    unit = b"\x06\x04" + bytes((len(message),)) + b"".join(_escaped(message)) + b"\x80"
    units = list(_units(packet))
    # An access unit delimiter stays in front.
    at = 1 if units[0][0] & 0x1F == 9 else 0
    units.insert(at, unit)
    return b"".join(len(one).to_bytes(4, "big") + one for one in units)


def _units(packet: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(packet):
        length = int.from_bytes(packet[at : at + 4], "big")
        yield packet[at + 4 : at + 4 + length]
        at += 4 + length


def _odd(byte: int) -> int:
    return byte if byte.bit_count() % 2 else byte | 0x80


def _escaped(message: bytes) -> Iterator[bytes]:
    """No start code may appear by chance."""
    zeros = 0
    for byte in message:
        if zeros >= 2 and byte <= 3:
            yield b"\3"
            zeros = 0
        zeros = zeros + 1 if byte == 0 else 0
        yield bytes((byte,))
