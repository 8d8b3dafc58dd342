"""HLS media playlists and I-frame playlists (RFC 8216, version 7, fMP4): pure text, both ways.

While a film is being encoded its playlists are of type EVENT: every longer one starts with the text of every
shorter one, so that a reader never sees an entry change. The last one is of type VOD and ends the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from marquee.domain import keys
from marquee.domain.media import EncodedSegment, EncodedTrack, Plan
from marquee.media.rates import MICROSECONDS, Span, microseconds, spans_of

_LENGTH = re.compile(r"#EXTINF:(\d+)\.(\d{6}),")


@dataclass(frozen=True, slots=True)
class Entry:
    """One segment as a playlist says it: length in microseconds, rate in kbit/s (`EXT-X-BITRATE`)."""

    uri: str
    microseconds: int
    kilobits: int


@dataclass(frozen=True, slots=True)
class MediaPlaylist:
    """A media playlist; `target_seconds` never changes while it grows."""

    target_seconds: int
    entries: tuple[Entry, ...] = ()
    ended: bool = False

    @property
    def duration_microseconds(self) -> int:
        return sum(entry.microseconds for entry in self.entries)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Weights as far as the playlist's rounded rates tell them: within 0.5 kbit/s."""
        return tuple(Span(e.kilobits * e.microseconds // 8000, e.microseconds) for e in self.entries)

    def with_entries(self, entries: Iterable[Entry]) -> MediaPlaylist:
        """The same list, longer by `entries`."""
        return replace(self, entries=(*self.entries, *entries))


def target_seconds(plan: Plan) -> int:
    """EXT-X-TARGETDURATION of all playlists of a film, known before anything is encoded."""
    base = plan.media.video.time_base
    longest = max(((s.end_pts - s.start_pts) * base for shard in plan.shards for s in shard.segments), default=0)
    return max(_nearest(longest), _nearest(plan.segment_seconds), 1)


def render_media(playlist: MediaPlaylist) -> str:
    """Text of a media playlist: EVENT while growing, VOD with ENDLIST when ended."""
    lines = _head(playlist.target_seconds, "VOD" if playlist.ended else "EVENT")
    if not playlist.ended:
        # A player would start an open list near its end; the viewer wants the film from its beginning.
        lines.append("#EXT-X-START:TIME-OFFSET=0,PRECISE=YES")
    lines.append(f'#EXT-X-MAP:URI="{keys.INIT_SEGMENT}"')
    for entry in playlist.entries:
        lines += [f"#EXT-X-BITRATE:{entry.kilobits}", _extinf(entry.microseconds), entry.uri]
    if playlist.ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def parse_media(text: str) -> MediaPlaylist:
    """The playlist that `render_media` wrote; raises ValueError for a text it did not write."""
    lines = text.splitlines()
    if not text.startswith("#EXTM3U\n") or not text.endswith("\n"):
        raise ValueError("not a playlist of ours")
    target = next((line for line in lines if line.startswith("#EXT-X-TARGETDURATION:")), None)
    if target is None:
        raise ValueError("a media playlist has a target duration")
    entries: list[Entry] = []
    for at, line in enumerate(lines):
        if (length := _LENGTH.fullmatch(line)) is not None:
            whole, part = int(length[1]), int(length[2])
            kilobits = int(lines[at - 1].removeprefix("#EXT-X-BITRATE:"))
            entries.append(Entry(lines[at + 1], whole * MICROSECONDS + part, kilobits))
    return MediaPlaylist(int(target.partition(":")[2]), tuple(entries), lines[-1] == "#EXT-X-ENDLIST")


def render_iframes(track: EncodedTrack, target: int) -> str:
    """I-frame playlist of a video track whose every segment starts with its only IDR picture.

    A range reaches from the segment's start (its box headers) to the end of that picture; an entry lasts
    until the next I-frame, which is the segment's own length.
    """
    lines = [*_head(target, "VOD"), "#EXT-X-I-FRAMES-ONLY", f'#EXT-X-MAP:URI="{keys.INIT_SEGMENT}"']
    for segment, span in zip(track.segments, spans_of(track.segments, track.timescale), strict=True):
        lines += [_extinf(span.microseconds), f"#EXT-X-BYTERANGE:{segment.iframe_bytes}@0", segment.uri]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def complete_playlist(segments: Sequence[EncodedSegment], timescale: int, target: int) -> MediaPlaylist:
    """The final playlist of a whole track; sound that outlasts the picture may end in a longer segment."""
    entries = tuple(entry_of(s, timescale) for s in segments)
    longest = max(Fraction(e.microseconds, MICROSECONDS) for e in entries)
    return MediaPlaylist(max(target, _nearest(longest)), entries, ended=True)


def _nearest(seconds: Fraction | float) -> int:
    """Whole seconds, halves up: an EXTINF rounded like this may not exceed the target duration."""
    return int(seconds + Fraction(1, 2))


def entry_of(segment: EncodedSegment, timescale: int) -> Entry:
    """What a playlist says of one segment."""
    length = microseconds(segment.duration, timescale)
    kilobits = round(segment.size_bytes * 8000 / length) if length else 0
    return Entry(segment.uri, length, max(1, kilobits))


def _extinf(length: int) -> str:
    return f"#EXTINF:{length // MICROSECONDS}.{length % MICROSECONDS:06d},"


def _head(target: int, kind: str) -> list[str]:
    return [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{target}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{kind}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
