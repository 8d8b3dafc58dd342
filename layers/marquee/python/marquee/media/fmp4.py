"""Reads fragmented MP4 while the encoder still writes it: `init`, then one `Fragment` after another.

Only what our own ffmpeg commands write is understood: one track, `default-base-is-moof`, one `traf` with one or more
`trun` in a fragment. Anything else raises `OutputMismatch`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from marquee.domain.errors import OutputMismatch
from marquee.media.boxes import Box, boxes, full_box, need

MAX_FRAGMENT_BYTES = 256 << 20  # far above any rung's segment: a broken length must not fill the memory

_TFHD_OPTIONAL = ((0x1, 8), (0x2, 4))  # base data offset, sample description index
_TRUN_FIELDS = ((0x100, "duration"), (0x200, "size"), (0x400, "flags"), (0x800, "offset"))


@dataclass(frozen=True, slots=True)
class Sample:
    """One coded frame. `dts`, `pts` and `duration` in ticks of the track; `flags` as in `trun`."""

    dts: int
    pts: int
    duration: int
    size: int
    flags: int


@dataclass(frozen=True, slots=True)
class Fragment:
    """One `moof` with its `mdat`: samples in decode order and their bytes, one after another in `payload`."""

    samples: tuple[Sample, ...]
    payload: bytes


@dataclass(frozen=True, slots=True)
class Init:
    """The init segment as the encoder wrote it. `codecs` as in RFC 6381."""

    body: bytes
    timescale: int
    codecs: str


class FragmentReader:
    """Takes bytes as they come and gives whole parts. `read(data)` yields `Init` once, then `Fragment`s."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._head = b""
        self._moof = b""

    def read(self, data: bytes) -> Iterator[Init | Fragment]:
        """Parts that `data` completes."""
        self._pending += data
        while (top := self._take()) is not None:
            part = self._part(*top)
            if part is not None:
                yield part

    def finish(self) -> None:
        """Say that no more bytes come; raises `OutputMismatch` when a part is incomplete."""
        if self._pending or self._moof:
            raise OutputMismatch("the encoder's output ends inside a fragment")

    def _take(self) -> tuple[bytes, bytes] | None:
        if len(self._pending) < 8:
            return None
        size, kind = struct.unpack_from(">I4s", self._pending)
        if not 8 <= size <= MAX_FRAGMENT_BYTES:
            raise OutputMismatch(f"the encoder wrote a box of {size} bytes")
        if len(self._pending) < size:
            return None
        whole = bytes(memoryview(self._pending)[:size])
        del self._pending[:size]
        return kind, whole

    def _part(self, kind: bytes, whole: bytes) -> Init | Fragment | None:
        if kind == b"ftyp":
            self._head = whole
        elif kind == b"moov":
            return read_init(self._head + whole)
        elif kind == b"moof":
            self._moof = whole
        elif kind == b"mdat":
            moof, self._moof = self._moof, b""
            return read_fragment(moof, whole)
        return None


def read_init(body: bytes) -> Init:
    """Timescale and codec string of an init segment with one track."""
    mdia = need(body, b"moov", b"trak", b"mdia")
    mdhd = need(body, b"mdhd", start=mdia.body, end=mdia.end)
    wide = body[mdhd.body] == 1
    (timescale,) = struct.unpack_from(">I", body, mdhd.body + (20 if wide else 12))
    stsd = need(body, b"minf", b"stbl", b"stsd", start=mdia.body, end=mdia.end)
    entry = next(boxes(body, stsd.body + 8, stsd.end))
    return Init(body, timescale, _codec_string(body, entry))


def _codec_string(body: bytes, entry: Box) -> str:
    if entry.kind == b"avc1":
        avcc = need(body, b"avcC", start=entry.body + 78, end=entry.end)
        profile, constraints, level = body[avcc.body + 1 : avcc.body + 4]
        return f"avc1.{profile:02X}{constraints:02X}{level:02X}"
    if entry.kind == b"mp4a":
        esds = need(body, b"esds", start=entry.body + 28, end=entry.end)
        return f"mp4a.40.{_audio_object_type(body[esds.body + 4 : esds.end])}"
    raise OutputMismatch(f"the encoder wrote an unplanned codec: {entry.kind.decode('latin-1')}")


def _audio_object_type(descriptors: bytes) -> int:
    """The object type in the decoder's own settings (ISO/IEC 14496-1 descriptors, tag 5)."""
    at = 0
    while at < len(descriptors):
        tag, at = descriptors[at], at + 1
        while descriptors[at] & 0x80:  # lengths are written in seven bits a byte
            at += 1
        at += 1
        if tag == 3:
            at += 3
        elif tag == 4:
            at += 13
        elif tag == 5:
            return descriptors[at] >> 3
    raise OutputMismatch("the encoder wrote no decoder settings for its audio")


def read_fragment(moof: bytes, mdat: bytes) -> Fragment:
    """Samples and bytes of one fragment; `mdat` with its header."""
    if not moof:
        raise OutputMismatch("the encoder wrote media without a moof box")
    traf = need(moof, b"moof", b"traf")
    tfdt = need(moof, b"tfdt", start=traf.body, end=traf.end)
    (dts,) = struct.unpack_from(">Q" if moof[tfdt.body] == 1 else ">I", moof, tfdt.body + 4)
    defaults = _defaults(moof, need(moof, b"tfhd", start=traf.body, end=traf.end))
    samples: list[Sample] = []
    for trun in boxes(moof, traf.body, traf.end):
        if trun.kind == b"trun":
            samples += _samples(moof, trun, defaults, samples[-1].dts + samples[-1].duration if samples else dts)
    payload = mdat[8:]
    if sum(sample.size for sample in samples) != len(payload):
        raise OutputMismatch("the sizes of a fragment's samples do not add up to its bytes")
    return Fragment(tuple(samples), payload)


def _defaults(moof: bytes, tfhd: Box) -> dict[str, int]:
    (word,) = struct.unpack_from(">I", moof, tfhd.body)
    flags, at = word & 0xFFFFFF, tfhd.body + 8
    at += sum(size for bit, size in _TFHD_OPTIONAL if flags & bit)
    values = {"duration": 0, "size": 0, "flags": 0, "offset": 0}
    for bit, name in ((0x8, "duration"), (0x10, "size"), (0x20, "flags")):
        if flags & bit:
            (values[name],) = struct.unpack_from(">I", moof, at)
            at += 4
    return values


def _samples(moof: bytes, trun: Box, defaults: dict[str, int], dts: int) -> Iterator[Sample]:
    word, count = struct.unpack_from(">II", moof, trun.body)
    flags, at = word & 0xFFFFFF, trun.body + 8 + (4 if word & 0x1 else 0)
    first_flags = None
    if flags & 0x4:
        (first_flags,) = struct.unpack_from(">I", moof, at)
        at += 4
    names = [name for bit, name in _TRUN_FIELDS if flags & bit]
    layout = struct.Struct(">" + "".join("i" if name == "offset" else "I" for name in names))
    for index in range(count):
        values = {**defaults, **dict(zip(names, layout.unpack_from(moof, at + index * layout.size), strict=True))}
        if index == 0 and first_flags is not None:
            values["flags"] = first_flags
        yield Sample(dts, dts + values["offset"], values["duration"], values["size"], values["flags"])
        dts += values["duration"]


def starting_at(init: Init, media_time: int) -> Init:
    """The init segment with an edit list: what is at `media_time` ticks is shown at time 0."""
    body = init.body
    moov, trak, tkhd = (need(body, b"moov", *path) for path in ((), (b"trak",), (b"trak", b"tkhd")))
    edit = full_box(b"elst", 1, 0, struct.pack(">IQqI", 1, 0, media_time, 1 << 16))
    edts = struct.pack(">I4s", len(edit) + 8, b"edts") + edit
    patched = bytearray(body[: tkhd.end] + edts + body[tkhd.end :])
    for parent in (moov, trak):
        struct.pack_into(">I", patched, parent.start, parent.end - parent.start + len(edts))
    return Init(bytes(patched), init.timescale, init.codecs)
