"""The confined half of taking text out of a film: `python -m marquee.media.subtitles_child`.

Reads `{url, size_bytes, container, streams, captions, limits}` and answers `{"events": [[stream, start, end, text]],
"pairs": [[seconds, hex]], "complete"}`: events of subtitle tracks as ASS dialogue, byte pairs of the captions in the
pictures (`captions`: the video stream to look in, or null), all in seconds of the source. `complete` is false when
there was more than it may hold, or reading broke off.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any, TypeAlias

import av

from marquee.media import sniff
from marquee.media.captions_pairs import field_one, length_size_of, triplets_of_field_one
from marquee.media.confined_work import end, serve
from marquee.media.probe_film import open_container
from marquee.media.probe_limits import ProbeLimits
from marquee.media.probe_source import open_source

Packet: TypeAlias = "av.Packet[Any]"  # its class takes no parameter when it runs

MAX_EVENTS = 100_000
MAX_PAIRS = 1_000_000
MAX_TEXT = 4_000
_CAPTION_CODECS = {"cc_dec", "eia_608"}
# ReadOrder, Layer, Style, Name, three margins, Effect; then the text
_FIELDS_BEFORE_TEXT = 8


class Taker:
    """What is taken from one film's packets."""

    def __init__(self, captions: int | None) -> None:
        self._captions = captions
        self.events: list[tuple[int, float, float | None, str]] = []
        self.pairs: list[tuple[float, str]] = []

    @property
    def full(self) -> bool:
        return len(self.events) >= MAX_EVENTS or len(self.pairs) >= MAX_PAIRS

    def take(self, packet: Packet) -> None:
        stream, base = packet.stream, packet.time_base
        if packet.pts is None or base is None or not packet.size:
            return
        at = float(packet.pts * base)
        if stream.index == self._captions:
            self._keep_pairs(at, _pairs_in(packet))
        elif stream.codec_context.name in _CAPTION_CODECS:
            self._keep_pairs(at, triplets_of_field_one(bytes(packet)))
        else:
            end = at + float(packet.duration * base) if packet.duration else None
            self.events += [(stream.index, at, end, text) for text in _texts(packet)]

    def _keep_pairs(self, at: float, pairs: bytes) -> None:
        if pairs:
            self.pairs.append((at, pairs.hex()))


def take_text(order: dict[str, Any], limits: ProbeLimits) -> dict[str, Any]:
    """The answer to an order, or Refusal."""
    source = open_source(order["url"], size_bytes=order["size_bytes"], timeout_seconds=limits.read_timeout_seconds)
    taker, complete = Taker(order["captions"]), True
    av.logging.set_level(None)
    wanted = [*order["streams"], *([] if order["captions"] is None else [order["captions"]])]
    try:
        with closing(open_container(source, sniff.DEMUXERS[order["container"]], limits)) as container:
            for packet in container.demux([container.streams[index] for index in wanted]):
                taker.take(packet)
                if taker.full:
                    complete = False
                    break
    except av.error.FFmpegError as error:
        if source.failure is not None:
            raise source.failure from error
        complete = False  # what was read until here is text all the same
    # Pictures come in the order of decoding.
    return {"events": taker.events, "pairs": sorted(taker.pairs), "complete": complete}


def _pairs_in(packet: Packet) -> bytes:
    context = packet.stream.codec_context
    return field_one(bytes(packet), context.name, length_size_of(context.name, context.extradata))


def _texts(packet: Packet) -> list[str]:
    """The dialogue in a packet; one that cannot be decoded has none."""
    try:
        decoded = packet.stream.codec_context.decode2(packet)
    except av.error.FFmpegError:
        return []
    found = []
    for rect in decoded.rects if decoded is not None else ():
        dialogue = bytes(getattr(rect, "ass", b"")).decode("utf-8", "replace").split(",", _FIELDS_BEFORE_TEXT)
        if len(dialogue) > _FIELDS_BEFORE_TEXT:
            found.append(dialogue[_FIELDS_BEFORE_TEXT][:MAX_TEXT])
    return found


if __name__ == "__main__":
    end(serve(take_text))
