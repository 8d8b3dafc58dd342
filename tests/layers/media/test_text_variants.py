"""Playlists and manifests list exactly the text tracks there are, and stay what they were otherwise."""

import xml.etree.ElementTree as ET
from fractions import Fraction

import m3u8
import pytest
from marquee.domain.media import AudioTrack, EncodedSegment, EncodedTrack, Rendition
from marquee.domain.text_tracks import TextKind, TextTrack, track_id
from marquee.media.dash import NAMESPACE, render_manifest
from marquee.media.text_variants import dash_with_text_tracks, hls_with_text_tracks
from marquee.media.variants import AudioVariant, Rates, VideoVariant, listed_tracks, render_multivariant

RUNG = Rendition(name="v360", width=640, height=360, crf=23, max_rate=1, buffer_size=1)
VIDEO = VideoVariant(RUNG, "avc1.64001F", Fraction(25), Rates(800_000, 400_000), iframes=Rates(80_000, 40_000))
AUDIO = AudioVariant(
    AudioTrack(
        index=0, name="a0", runner="lambda", stream_index=1, channels=2, sample_rate=48000, bit_rate=1, language="en",
        label="English", default=True,
    ),
    "mp4a.40.2",
    Rates(128_000, 128_000),
)  # fmt: skip
SEGMENT = EncodedSegment(number=0, uri="00000.m4s", start=0, duration=6000, samples=1, size_bytes=1)
TRACK = EncodedTrack(name="v360", codecs="x", timescale=1000, init_sha256="", init_size_bytes=1, segments=(SEGMENT,))
MAIN = render_multivariant([VIDEO], [AUDIO], growing=False)
SILENT = render_multivariant([VIDEO], [], growing=False)
GROWING = render_multivariant([VIDEO], [AUDIO], growing=True)
MANIFEST = render_manifest([(VIDEO, TRACK)], [(AUDIO, TRACK)], segment_seconds=6)


def track(language: str, kind: TextKind = "captions", *, sdh: bool = False, **more: object) -> TextTrack:
    name = track_id(language, kind, sdh=sdh)
    return TextTrack.model_validate(
        {
            "id": name, "asset_version": 1, "kind": kind, "language": language, "label": language.upper(),
            "source": "sidecar", "sdh": sdh, "cue_count": 1, "url": f"/media/a/1/{name}.0a1b2c3d/index.m3u8", **more,
        }
    )  # fmt: skip


TRACKS = [track("en", sdh=True, default=True), track("de", "subtitles"), track("en", "forced", label='The "signs"')]


def test_players_are_told_language_name_and_purpose_of_every_track() -> None:
    media = [m for m in m3u8.loads(hls_with_text_tracks(MAIN, TRACKS)).media if m.type == "SUBTITLES"]

    assert [(m.language, m.name, m.default, m.autoselect, m.forced) for m in media] == [
        ("en", "EN", "YES", "YES", "NO"),
        ("de", "DE", "NO", "YES", "NO"),
        ("en", "The 'signs'", "NO", "YES", "YES"),
    ]
    assert media[0].characteristics is not None
    assert "describes-music-and-sound" in media[0].characteristics
    assert media[1].characteristics is None
    assert [m.uri for m in media] == [
        "ten-sdh.0a1b2c3d/index.m3u8",
        "tde-subtitles.0a1b2c3d/index.m3u8",
        "ten-forced.0a1b2c3d/index.m3u8",
    ]


def test_every_variant_refers_to_the_group_and_keeps_its_other_attributes() -> None:
    before, after = m3u8.loads(MAIN), m3u8.loads(hls_with_text_tracks(MAIN, TRACKS))

    assert [p.stream_info.subtitles for p in after.playlists] == ["text"]
    for was, now in zip(before.playlists, after.playlists, strict=True):
        assert (now.uri, now.stream_info.bandwidth) == (was.uri, was.stream_info.bandwidth)
        assert (now.stream_info.audio, now.stream_info.closed_captions) == ("audio", "NONE")
    assert len(after.iframe_playlists) == len(before.iframe_playlists) == 1


@pytest.mark.parametrize("text", [MAIN, SILENT])
def test_listing_again_changes_nothing_and_listing_none_gives_the_first_text_back(text: str) -> None:
    once = hls_with_text_tracks(text, TRACKS)

    assert hls_with_text_tracks(once, TRACKS) == once
    assert hls_with_text_tracks(once, TRACKS[:1]) == hls_with_text_tracks(text, TRACKS[:1])
    assert hls_with_text_tracks(once, []) == text
    assert hls_with_text_tracks(text, []) == text


def test_a_growing_film_has_no_subtitles_yet() -> None:
    assert hls_with_text_tracks(GROWING, TRACKS) == GROWING


def test_text_is_not_taken_for_a_rendition() -> None:
    assert listed_tracks(hls_with_text_tracks(MAIN, [])) == {"v360", "a0"}


def test_names_in_a_group_differ() -> None:
    media = m3u8.loads(hls_with_text_tracks(MAIN, [track("en"), track("en", "subtitles")])).media

    assert [m.name for m in media if m.type == "SUBTITLES"] == ["EN", "EN 2"]


def sets(manifest: str) -> list[ET.Element]:
    root = ET.fromstring(manifest)  # noqa: S314 - our own text
    return [s for s in root.iter(f"{{{NAMESPACE}}}AdaptationSet") if s.get("contentType") == "text"]


def test_the_manifest_has_a_set_for_every_track() -> None:
    found = sets(dash_with_text_tracks(MANIFEST, TRACKS))

    assert [(s.get("id"), s.get("lang"), s.get("mimeType")) for s in found] == [
        ("2", "en", "text/vtt"),
        ("3", "de", "text/vtt"),
        ("4", "en", "text/vtt"),
    ]
    roles = [[role.get("value") for role in s.findall(f"{{{NAMESPACE}}}Role")] for s in found]
    assert roles == [["caption", "main"], ["subtitle"], ["forced-subtitle"]]
    assert [s.find(f"{{{NAMESPACE}}}Accessibility") is not None for s in found] == [True, False, False]
    assert found[0].findtext(f".//{{{NAMESPACE}}}BaseURL") == "ten-sdh.0a1b2c3d/captions.vtt"


def test_the_manifest_comes_back_when_tracks_go() -> None:
    once = dash_with_text_tracks(MANIFEST, TRACKS)

    assert dash_with_text_tracks(once, TRACKS) == once
    assert dash_with_text_tracks(once, []) == MANIFEST
    assert dash_with_text_tracks(MANIFEST, []) == MANIFEST


def test_a_label_cannot_break_out() -> None:
    hostile = track("en", label='<b>&"x"\n#EXT-X-ENDLIST')
    text = hls_with_text_tracks(MAIN, [hostile])

    assert "\n#EXT-X-ENDLIST" not in text
    assert len(sets(dash_with_text_tracks(MANIFEST, [hostile]))) == 1


def test_only_one_track_is_the_default_and_never_a_forced_one() -> None:
    eager = [track("en", "forced", default=True), track("de", default=True), track("fr", default=True)]
    media = [m for m in m3u8.loads(hls_with_text_tracks(MAIN, eager)).media if m.type == "SUBTITLES"]

    assert [m.default for m in media] == ["NO", "YES", "NO"]
