"""Text tracks in `main.m3u8` and `manifest.mpd`: the same texts with exactly these tracks listed. Pure.

Both functions may be applied again, with other tracks: what they listed before goes. A playlist that still grows is
given back as it is: captions come when the film is whole.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from marquee.domain import keys
from marquee.domain.text_tracks import TextTrack
from marquee.media.dash import ROLE

TEXT_GROUP = "text"
ACCESSIBILITY = "urn:tva:metadata:cs:AudioPurposeCS:2007"
# RFC 8216 §4.3.4.1: what a track for those who do not hear tells beside the words.
_SDH = "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"
_ROLES = {"captions": "caption", "subtitles": "subtitle", "forced": "forced-subtitle"}
_TEXT_SET = re.compile(r'[ \t]*<AdaptationSet id="\d+" contentType="text".*?</AdaptationSet>\n', re.DOTALL)
_SET_ID = re.compile(r'<AdaptationSet id="(\d+)"')
# Bits a second of any text, said for form: a manifest must say something.
_TEXT_BANDWIDTH = 1_000


def is_growing(multivariant: str) -> bool:
    """Whether the film behind a `main.m3u8` of ours is still being encoded (`variants.render_multivariant`)."""
    return "#EXT-X-START:" in multivariant


def hls_with_text_tracks(text: str, tracks: Sequence[TextTrack]) -> str:
    """`main.m3u8` with these subtitles and no others."""
    if is_growing(text):
        return text
    tracks = with_one_default(tracks)
    lines = [line for line in text.splitlines() if not line.startswith("#EXT-X-MEDIA:TYPE=SUBTITLES,")]
    if tracks:
        media = [_media_line(track, label) for track, label in zip(tracks, unique_labels(tracks), strict=True)]
        first = next(at for at, line in enumerate(lines) if line.startswith("#EXT-X-STREAM-INF:"))
        lines[first:first] = media
    return "\n".join(_with_group(line, listed=bool(tracks)) for line in lines) + "\n"


def dash_with_text_tracks(text: str, tracks: Sequence[TextTrack]) -> str:
    """`manifest.mpd` with these text sets and no others."""
    bare, tracks = _TEXT_SET.sub("", text), with_one_default(tracks)
    free = max(map(int, _SET_ID.findall(bare)), default=-1) + 1
    pairs = zip(tracks, unique_labels(tracks), strict=True)
    sets = "".join(_adaptation_set(track, label, free + n) for n, (track, label) in enumerate(pairs))
    head, end, rest = bare.rpartition("  </Period>")
    return f"{head}{sets}{end}{rest}" if end else bare


def unique_labels(tracks: Sequence[TextTrack]) -> list[str]:
    """NAME attributes: the tracks' labels, numbered where two are the same (a group's names must differ)."""
    labels: list[str] = []
    for track in tracks:
        label, count = track.label, 2
        while label in labels:
            label, count = f"{track.label} {count}", count + 1
        labels.append(label)
    return labels


def with_one_default(tracks: Sequence[TextTrack]) -> list[TextTrack]:
    """A group has at most one default, and what is forced is shown without being chosen: it is none."""
    first = next((track.id for track in tracks if track.default and track.kind != "forced"), None)
    return [track.model_copy(update={"default": track.id == first}) for track in tracks]


def folder_of(track: TextTrack) -> str:
    """The folder of a track's files, relative to the media prefix."""
    return track.url.rsplit("/", 2)[1]


def _with_group(line: str, *, listed: bool) -> str:
    if not line.startswith("#EXT-X-STREAM-INF:"):
        return line
    bare = re.sub(r',SUBTITLES="[^"]*"', "", line)
    # CLOSED-CAPTIONS is the last attribute that our lines have, and says that none are in the picture.
    return bare.replace(",CLOSED-CAPTIONS=", f',SUBTITLES="{TEXT_GROUP}",CLOSED-CAPTIONS=') if listed else bare


def _media_line(track: TextTrack, label: str) -> str:
    attributes = [
        "TYPE=SUBTITLES",
        f'GROUP-ID="{TEXT_GROUP}"',
        f'LANGUAGE="{_quotable(track.language)}"',
        f'NAME="{_quotable(label)}"',
        f"DEFAULT={'YES' if track.default else 'NO'}",
        "AUTOSELECT=YES",
        f"FORCED={'YES' if track.kind == 'forced' else 'NO'}",
    ]
    if track.sdh:
        attributes.append(f'CHARACTERISTICS="{_SDH}"')
    return "#EXT-X-MEDIA:" + ",".join([*attributes, f'URI="{folder_of(track)}/{keys.MEDIA_PLAYLIST}"'])


def _adaptation_set(track: TextTrack, label: str, at: int) -> str:
    """Players of DASH take WebVTT as one file; segments of it no player reads."""
    adaptation = ET.Element(
        "AdaptationSet",
        {"id": str(at), "contentType": "text", "mimeType": "text/vtt", "lang": track.language},
    )
    ET.SubElement(adaptation, "Label").text = label  # the schema wants it ahead of the rest
    if track.sdh:
        ET.SubElement(adaptation, "Accessibility", {"schemeIdUri": ACCESSIBILITY, "value": "2"})
    ET.SubElement(adaptation, "Role", {"schemeIdUri": ROLE, "value": _ROLES[track.kind]})
    if track.default:
        ET.SubElement(adaptation, "Role", {"schemeIdUri": ROLE, "value": "main"})
    shown = {"id": track.id, "bandwidth": str(_TEXT_BANDWIDTH)}
    representation = ET.SubElement(adaptation, "Representation", shown)
    ET.SubElement(representation, "BaseURL").text = f"{folder_of(track)}/{keys.CAPTIONS_VTT}"
    ET.indent(adaptation)
    lines = ET.tostring(adaptation, encoding="unicode").splitlines()
    return "".join(f"    {line}\n" for line in lines)


def _quotable(text: str) -> str:
    """A quoted-string of RFC 8216 holds no quote and no line break: a client's label may."""
    return " ".join(text.replace('"', "'").split())
