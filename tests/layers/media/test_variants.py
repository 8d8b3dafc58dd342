"""The multivariant playlist, read by an independent parser."""

from fractions import Fraction

import m3u8
from marquee.domain.media import AudioTrack, Rendition
from marquee.media.variants import AudioVariant, Rates, VideoVariant, listed_tracks, render_multivariant


def video(height: int, peak: int, *, iframes: bool = False) -> VideoVariant:
    rung = Rendition(
        name=f"v{height}", width=height * 16 // 9 // 2 * 2, height=height, crf=23, max_rate=peak, buffer_size=peak
    )
    rates = Rates(peak, peak // 2)
    return VideoVariant(rung, "avc1.64001F", Fraction(30000, 1001), rates, Rates(900, 800) if iframes else None)


def audio(number: int, *, peak: int = 130_000, default: bool = False, label: str = "English") -> AudioVariant:
    track = AudioTrack(
        index=number,
        name=f"a{number}",
        runner="lambda",
        stream_index=number + 1,
        channels=2,
        sample_rate=48000,
        bit_rate=128_000,
        language="en",
        label=label,
        default=default,
    )
    return AudioVariant(track, "mp4a.40.2", Rates(peak, peak - 10_000))


LADDER = [video(1080, 6_000_000), video(720, 3_000_000), video(480, 1_500_000), video(360, 800_000)]


def test_what_usual_connections_carry_comes_first_then_high_to_low() -> None:
    parsed = m3u8.loads(render_multivariant(LADDER, [], growing=False))

    assert [p.uri.partition("/")[0] for p in parsed.playlists] == ["v480", "v1080", "v720", "v360"]


def test_where_all_are_too_dear_the_cheapest_comes_first() -> None:
    parsed = m3u8.loads(render_multivariant(LADDER[:2], [], growing=False))

    assert [p.uri.partition("/")[0] for p in parsed.playlists] == ["v720", "v1080"]


def test_a_variant_costs_its_own_rate_and_that_of_the_dearest_sound() -> None:
    sounds = [audio(0), audio(1, peak=200_000, label="Comment")]
    info = m3u8.loads(render_multivariant(LADDER[3:], sounds, growing=False)).playlists[0].stream_info

    assert info.bandwidth == 1_000_000
    assert info.average_bandwidth == 590_000
    assert info.codecs == "avc1.64001F,mp4a.40.2"
    assert info.frame_rate == 29.97


def test_one_audio_track_is_the_default_whatever_the_source_says() -> None:
    for flags in ((False, False), (True, True), (False, True)):
        sounds = [audio(n, default=flag, label=str(n)) for n, flag in enumerate(flags)]
        parsed = m3u8.loads(render_multivariant(LADDER, sounds, growing=False))
        defaults = [m.default for m in parsed.media]
        assert sorted(defaults) == ["NO", "YES"]
        assert defaults[1] == ("YES" if flags == (False, True) else "NO")


def test_names_in_a_group_differ_and_hold_no_quotes() -> None:
    sounds = [audio(0, label='The "real"\nsound'), audio(1, label="X"), audio(2, label="X")]
    parsed = m3u8.loads(render_multivariant(LADDER, sounds, growing=False))

    assert [m.name for m in parsed.media] == ["The 'real' sound", "X", "X 2"]


def test_iframe_playlists_are_listed_when_there_are_any() -> None:
    growing = m3u8.loads(render_multivariant([video(360, 800_000)], [], growing=True))
    final = m3u8.loads(render_multivariant([video(360, 800_000, iframes=True)], [], growing=False))

    assert growing.iframe_playlists == []
    assert [p.uri for p in final.iframe_playlists] == ["v360/iframes.m3u8"]


def test_listed_tracks_are_read_back() -> None:
    text = render_multivariant([video(360, 800_000, iframes=True), LADDER[0]], [audio(0)], growing=True)

    assert listed_tracks(text) == {"v360", "v1080", "a0"}
