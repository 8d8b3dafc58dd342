"""The DASH manifest `manifest.mpd` over the same segments as the HLS playlists. Pure: results → XML text.

ISO/IEC 23009-1, live profile (templates with an exact timeline), static: written once, when all is there.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from fractions import Fraction

from marquee.domain import keys
from marquee.domain.media import EncodedSegment, EncodedTrack
from marquee.media.variants import AudioVariant, VideoVariant, default_track, unique_labels

NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"
ROLE = "urn:mpeg:dash:role:2011"
CHANNELS = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011"


def render_manifest(
    videos: Sequence[tuple[VideoVariant, EncodedTrack]],
    audios: Sequence[tuple[AudioVariant, EncodedTrack]],
    *,
    segment_seconds: float,
) -> str:
    """Text of `manifest.mpd` for whole tracks (every segment of the film, in order)."""
    tracks = [track for _, track in (*videos, *audios)]
    root = ET.Element(
        "MPD",
        {
            "xmlns": NAMESPACE,
            "profiles": "urn:mpeg:dash:profile:isoff-live:2011",
            "type": "static",
            "mediaPresentationDuration": _duration(max(map(end_seconds, tracks))),
            "minBufferTime": _duration(Fraction(segment_seconds)),
        },
    )
    period = ET.SubElement(root, "Period", {"id": "0", "start": "PT0S"})
    _add_video(period, videos)
    variants = [variant for variant, _ in audios]
    default = default_track(variants)
    for at, (label, (audio, track)) in enumerate(zip(unique_labels(variants), audios, strict=True), start=1):
        _add_audio(period, at, label, audio, track, main=audio is default)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def end_seconds(track: EncodedTrack) -> Fraction:
    """Where a track ends on the output timeline."""
    last = track.segments[-1]
    return Fraction(last.start + last.duration, track.timescale)


def _add_video(period: ET.Element, videos: Sequence[tuple[VideoVariant, EncodedTrack]]) -> None:
    adaptation = ET.SubElement(
        period,
        "AdaptationSet",
        {
            "id": "0",
            "contentType": "video",
            "mimeType": "video/mp4",
            "segmentAlignment": "true",
            "startWithSAP": "1",
            "maxWidth": str(max(v.rendition.width for v, _ in videos)),
            "maxHeight": str(max(v.rendition.height for v, _ in videos)),
            "maxFrameRate": _frame_rate(max(v.frame_rate for v, _ in videos)),
        },
    )
    ET.SubElement(adaptation, "Role", {"schemeIdUri": ROLE, "value": "main"})
    for video, track in videos:
        representation = ET.SubElement(
            adaptation,
            "Representation",
            {
                "id": track.name,
                "codecs": video.codecs,
                "bandwidth": str(video.rates.peak),
                "width": str(video.rendition.width),
                "height": str(video.rendition.height),
                "frameRate": _frame_rate(video.frame_rate),
                "sar": "1:1",
            },
        )
        _add_template(representation, track)


def _add_audio(
    period: ET.Element, at: int, label: str, audio: AudioVariant, track: EncodedTrack, *, main: bool
) -> None:
    adaptation = ET.SubElement(
        period,
        "AdaptationSet",
        {
            "id": str(at),
            "contentType": "audio",
            "mimeType": "audio/mp4",
            "lang": audio.track.language,
            "segmentAlignment": "true",
            "startWithSAP": "1",
        },
    )
    ET.SubElement(adaptation, "Label").text = label  # the schema wants it ahead of the role
    ET.SubElement(adaptation, "Role", {"schemeIdUri": ROLE, "value": "main" if main else "alternate"})
    representation = ET.SubElement(
        adaptation,
        "Representation",
        {
            "id": track.name,
            "codecs": audio.codecs,
            "bandwidth": str(audio.rates.peak),
            "audioSamplingRate": str(audio.track.sample_rate),
        },
    )
    ET.SubElement(
        representation,
        "AudioChannelConfiguration",
        {"schemeIdUri": CHANNELS, "value": str(audio.track.channels)},
    )
    _add_template(representation, track)


def _add_template(representation: ET.Element, track: EncodedTrack) -> None:
    template = ET.SubElement(
        representation,
        "SegmentTemplate",
        {
            "timescale": str(track.timescale),
            "presentationTimeOffset": "0",
            "startNumber": str(track.segments[0].number),
            "initialization": f"$RepresentationID$/{keys.INIT_SEGMENT}",
            "media": "$RepresentationID$/$Number%05d$.m4s",
        },
    )
    timeline = ET.SubElement(template, "SegmentTimeline")
    for start, duration, repeats in _runs(track.segments):
        attributes = {"t": str(start), "d": str(duration)}
        if repeats:
            attributes["r"] = str(repeats)
        ET.SubElement(timeline, "S", attributes)


def _runs(segments: Sequence[EncodedSegment]) -> Iterator[tuple[int, int, int]]:
    """`(start, duration, how often it repeats)` of neighbours that touch and are equally long."""
    first, repeats = segments[0], 0
    for segment in segments[1:]:
        touches = segment.start == first.start + first.duration * (repeats + 1)
        if touches and segment.duration == first.duration:
            repeats += 1
            continue
        yield first.start, first.duration, repeats
        first, repeats = segment, 0
    yield first.start, first.duration, repeats


def _duration(seconds: Fraction) -> str:
    """ISO 8601 duration, to the microsecond."""
    return f"PT{float(seconds):.6f}".rstrip("0").rstrip(".") + "S"


def _frame_rate(rate: Fraction) -> str:
    limited = rate.limit_denominator(1001)
    return str(limited.numerator) if limited.denominator == 1 else f"{limited.numerator}/{limited.denominator}"
