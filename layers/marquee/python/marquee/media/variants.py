"""The HLS multivariant playlist `main.m3u8`: which renditions there are and what they cost. Pure text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from marquee.domain import keys
from marquee.domain.media import AudioTrack, Rendition

# What most connections carry from the first second; players start with the variant that is listed first.
FIRST_VARIANT_MAX_RATE = 2_500_000
AUDIO_GROUP = "audio"


@dataclass(frozen=True, slots=True)
class Rates:
    """Bits a second."""

    peak: int
    average: int

    def plus(self, other: Rates) -> Rates:
        return Rates(self.peak + other.peak, self.average + other.average)


NO_RATES = Rates(0, 0)


@dataclass(frozen=True, slots=True)
class VideoVariant:
    """One rendition as it is listed; `iframes` None while it has no I-frame playlist."""

    rendition: Rendition
    codecs: str
    frame_rate: Fraction
    rates: Rates
    iframes: Rates | None = None


@dataclass(frozen=True, slots=True)
class AudioVariant:
    """One audio track as it is listed."""

    track: AudioTrack
    codecs: str
    rates: Rates


def render_multivariant(videos: Sequence[VideoVariant], audios: Sequence[AudioVariant], *, growing: bool) -> str:
    """Text of `main.m3u8`. `growing`: media playlists are still open, playback starts at their beginning."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if growing:
        lines.append("#EXT-X-START:TIME-OFFSET=0,PRECISE=YES")
    for audio, label in zip(audios, unique_labels(audios), strict=True):
        lines.append(_media_line(audio.track, label, default=audio is default_track(audios)))
    for video in in_listing_order(videos, audios):
        lines += [_stream_line(video, audios), f"{video.rendition.name}/{keys.MEDIA_PLAYLIST}"]
    lines += [_iframe_line(video, video.iframes) for video in videos if video.iframes is not None]
    return "\n".join(lines) + "\n"


def listed_tracks(text: str) -> frozenset[str]:
    """Names of the renditions and audio tracks that a `main.m3u8` of ours lists."""
    names = re.findall(rf'(?:^|URI=")([^/"\n]+)/{re.escape(keys.MEDIA_PLAYLIST)}', text, re.MULTILINE)
    return frozenset(names)


def in_listing_order(videos: Sequence[VideoVariant], audios: Sequence[AudioVariant]) -> list[VideoVariant]:
    """The best variant that plays at once on a usual connection first, then high → low."""
    falling = sorted(videos, key=lambda v: v.rates.peak, reverse=True)
    fitting = [v for v in falling if combined_rates(v, audios).peak <= FIRST_VARIANT_MAX_RATE]
    first = fitting[0] if fitting else falling[-1]
    return [first, *(v for v in falling if v is not first)]


def combined_rates(video: VideoVariant, audios: Sequence[AudioVariant]) -> Rates:
    """What the variant costs with the audio track that costs most: the largest playable combination."""
    return video.rates.plus(
        Rates(
            max((a.rates.peak for a in audios), default=0),
            max((a.rates.average for a in audios), default=0),
        )
    )


def unique_labels(audios: Sequence[AudioVariant]) -> list[str]:
    """NAME attributes: the tracks' labels, numbered where two are the same (a group's names must differ)."""
    labels: list[str] = []
    for audio in audios:
        label, count = audio.track.label, 2
        while label in labels:
            label, count = f"{audio.track.label} {count}", count + 1
        labels.append(label)
    return labels


def default_track(audios: Sequence[AudioVariant]) -> AudioVariant | None:
    """The one that plays unless the viewer chooses; a group may have only one."""
    return next((a for a in audios if a.track.default), audios[0] if audios else None)


def _media_line(track: AudioTrack, label: str, *, default: bool) -> str:
    return "#EXT-X-MEDIA:" + ",".join(
        [
            "TYPE=AUDIO",
            f'GROUP-ID="{AUDIO_GROUP}"',
            f'LANGUAGE="{_quotable(track.language)}"',
            f'NAME="{_quotable(label)}"',
            f"DEFAULT={'YES' if default else 'NO'}",
            "AUTOSELECT=YES",
            f'CHANNELS="{track.channels}"',
            f'URI="{track.name}/{keys.MEDIA_PLAYLIST}"',
        ]
    )


def _stream_line(video: VideoVariant, audios: Sequence[AudioVariant]) -> str:
    rates = combined_rates(video, audios)
    codecs = dict.fromkeys([video.codecs, *(a.codecs for a in audios)])
    attributes = [
        f"BANDWIDTH={rates.peak}",
        f"AVERAGE-BANDWIDTH={min(rates.average, rates.peak)}",
        f'CODECS="{",".join(codecs)}"',
        f"RESOLUTION={video.rendition.width}x{video.rendition.height}",
        f"FRAME-RATE={float(video.frame_rate):.3f}",
        "VIDEO-RANGE=SDR",
    ]
    if audios:
        attributes.append(f'AUDIO="{AUDIO_GROUP}"')
    attributes.append("CLOSED-CAPTIONS=NONE")
    return "#EXT-X-STREAM-INF:" + ",".join(attributes)


def _iframe_line(video: VideoVariant, rates: Rates) -> str:
    return "#EXT-X-I-FRAME-STREAM-INF:" + ",".join(
        [
            f"BANDWIDTH={rates.peak}",
            f"AVERAGE-BANDWIDTH={min(rates.average, rates.peak)}",
            f'CODECS="{video.codecs}"',
            f"RESOLUTION={video.rendition.width}x{video.rendition.height}",
            "VIDEO-RANGE=SDR",
            f'URI="{video.rendition.name}/{keys.IFRAME_PLAYLIST}"',
        ]
    )


def _quotable(text: str) -> str:
    """A quoted-string of RFC 8216 holds no quote and no line break: a source's title may."""
    return " ".join(text.replace('"', "'").split())
