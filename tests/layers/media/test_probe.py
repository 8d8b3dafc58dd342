"""The probe on real films: what it says is what decoding them shows."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest
from marquee.domain.errors import InvalidMedia, TransientError
from marquee.domain.media import MediaInfo
from marquee.media.probe import probe
from marquee.media.probe_limits import ProbeLimits

from tests.films import RATES, RECIPES, film, loop_copy, run_ffmpeg
from tests.layers.media.ranged_server import serving
from tests.spoiled_films import SPOILED, spoiled


def probed(path: Path, limits: ProbeLimits | None = None) -> MediaInfo:
    return probe(str(path), size_bytes=path.stat().st_size, limits=limits)


def decoded_pts(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [frame.pts for frame in container.decode(video=0) if frame.pts is not None]


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_counts_and_times_the_frames_that_a_decoder_shows(name: str) -> None:
    path = film(name)
    video = probed(path).video
    shown = decoded_pts(path)
    assert (video.frame_count, video.start_pts) == (len(shown), shown[0])
    assert shown[-1] < video.end_pts
    assert set(video.keyframe_pts) <= set(shown)


@pytest.mark.parametrize(("name", "rate"), RATES.items())
def test_finds_the_exact_constant_rate(name: str, rate: str) -> None:
    video = probed(film(f"h264_{name}")).video
    assert video.constant_frame_rate
    assert video.frame_rate == Fraction(rate)


@pytest.mark.parametrize(("name", "rate"), [("mkv", "24000/1001"), ("webm", "30"), ("mpegts", "25")])
def test_takes_a_rate_that_the_container_rounds_for_constant(name: str, rate: str) -> None:
    video = probed(film(name)).video
    assert (video.constant_frame_rate, video.frame_rate) == (True, Fraction(rate))


def test_a_rate_that_the_container_says_inexactly_is_the_common_one(tmp_path: Path) -> None:
    coarse = ("-i", str(film("h264_23_976")), "-c", "copy", "-video_track_timescale", "600", "film.mov")
    run_ffmpeg(coarse, folder=tmp_path)
    video = probed(tmp_path / "film.mov").video
    assert (video.constant_frame_rate, video.frame_rate) == (True, Fraction("24000/1001"))


@pytest.mark.parametrize("name", ["sound_first.flv", "clock_runs_over.ts"])
def test_a_film_whose_first_picture_is_not_at_zero_is_read_from_its_start(name: str, tmp_path: Path) -> None:
    shape = ("-c:v", "flv1", "-c:a", "libmp3lame", "-ar", "44100") if name.endswith("flv") else ("-c", "copy")
    # A transport stream's clock ends after 2^33 ticks, 95443.7 s.
    late = ("-output_ts_offset", "95440") if name.endswith("ts") else ("-map", "0:a", "-map", "0:v")
    run_ffmpeg(("-i", str(film("tiny")), *shape, *late, name), folder=tmp_path)
    path = tmp_path / name
    assert probed(path).video.frame_count == len(decoded_pts(path)) == 150


def test_sound_that_begins_unannounced_at_the_end_changes_nothing(tmp_path: Path) -> None:
    run_ffmpeg(("-i", str(film("tiny")), "-an", "-c:v", "copy", "film.flv"), folder=tmp_path)
    path = tmp_path / "film.flv"
    sound = b"\x2f" + bytes(417)
    with path.open("ab") as file:
        file.write(b"\x08" + len(sound).to_bytes(3, "big") + bytes(7) + sound + (len(sound) + 11).to_bytes(4, "big"))
    assert probed(path).video.frame_count == 150


@pytest.mark.parametrize("suffix", [".avi", ".mkv"])
def test_a_title_in_an_old_encoding_is_no_obstacle(suffix: str, tmp_path: Path) -> None:
    name = f"film{suffix}"
    run_ffmpeg(("-i", str(film("tiny")), "-c", "copy", "-metadata", "title=Xylophon", name), folder=tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes().replace(b"Xylophon", "Türklänge"[:8].encode("latin-1")))
    assert probed(path).video.frame_count == 150


def test_a_phones_film_has_variable_rate_and_is_turned_upright() -> None:
    video = probed(film("phone")).video
    assert not video.constant_frame_rate
    assert (video.rotation, video.display_size) == (90, (480, 854))


def test_pixels_that_are_not_square_are_known() -> None:
    video = probed(film("anamorphic")).video
    assert (video.sample_aspect_ratio, video.display_size) == (Fraction(16, 15), (768, 576))


def test_fields_are_told_from_frames() -> None:
    assert probed(film("interlaced")).video.interlaced
    assert not probed(film("h264_25")).video.interlaced


def test_high_dynamic_range_is_told_by_its_transfer() -> None:
    video = probed(film("hdr")).video
    assert (video.bit_depth, video.high_dynamic_range) == (10, True)
    assert (video.color_primaries, video.color_space, video.color_range) == ("bt2020", "bt2020nc", "tv")


def test_audio_tracks_keep_their_languages_titles_and_default() -> None:
    tracks = probed(film("two_languages")).audio
    assert [(t.language, t.title, t.default) for t in tracks] == [
        ("en", None, True),
        ("de", "Kommentar", False),
    ]
    assert [t.channels for t in probed(film("surround")).audio] == [6]
    assert probed(film("no_audio")).audio == ()


def test_an_edit_list_delays_one_stream_against_the_other() -> None:
    late_video = probed(film("late_video"))
    late_audio = probed(film("late_audio"))
    assert late_video.video.start_pts * late_video.video.time_base == Fraction(1, 2)
    start = late_audio.audio[0].start_pts * late_audio.audio[0].time_base
    assert abs(start - Fraction(1, 2)) < Fraction(1, 40)


def test_an_open_group_of_pictures_is_told_from_a_closed_one() -> None:
    assert not probed(film("open_gop")).video.closed_gop
    assert probed(film("b_frames")).video.closed_gop


def test_of_a_film_of_keyframes_two_a_second_are_kept_and_none_is_called_closed() -> None:
    video = probed(film("mov_prores")).video
    assert [float(pts * video.time_base) for pts in video.keyframe_pts][:3] == [0.0, 0.52, 1.04]
    assert not video.closed_gop


def test_a_frame_that_stands_long_is_named(tmp_path: Path) -> None:
    slides = tmp_path / "slides.mp4"
    picture = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=5:d=2", "-vf", "setpts='N*0.2/TB+gte(N,5)*9/TB'")
    run_ffmpeg((*picture, "-fps_mode", "passthrough", "-c:v", "libx264", str(slides)), folder=tmp_path)
    video = probed(slides).video
    assert [(b - a) * video.time_base for a, b in video.long_frames] == [Fraction("9.2")]


REFUSALS = {
    "empty": "empty_file",
    "text": "unsupported_container",
    "truncated": "truncated",
    "without_index": "truncated",
    "playlist": "unsupported_container",
    "half_disguised_playlist": "unreadable",
    "mpd": "unsupported_container",
    "svg": "unsupported_container",
    "concat": "unsupported_container",
    "bomb": "too_large_picture",
    "audio_only": "no_video",
    "cover_art": "no_video",
    "too_fast": "frame_rate_too_high",
    "day_long": "too_long",
    "thousand_streams": "too_many_streams",
}


def test_every_spoiled_film_has_an_expectation() -> None:
    # A few flipped bits are only found by decoding everything: that one is the encoder's to refuse.
    assert {*REFUSALS, "bit_flipped"} == set(SPOILED)


@pytest.mark.parametrize(("name", "code"), REFUSALS.items())
def test_refuses_with_a_stable_code_and_one_sentence(name: str, code: str) -> None:
    with pytest.raises(InvalidMedia) as refused:
        probed(spoiled(name))
    assert refused.value.code == code
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize("suffix", ["ts", "mkv", "flv"])
def test_refuses_a_huge_picture_in_every_container(suffix: str, tmp_path: Path) -> None:
    bomb = tmp_path / f"bomb.{suffix}"
    run_ffmpeg(("-i", str(spoiled("bomb")), "-c", "copy", str(bomb)), folder=tmp_path)
    with pytest.raises(InvalidMedia) as refused:
        probed(bomb)
    assert refused.value.code == "too_large_picture"


def test_refuses_a_cut_off_matroska_file(tmp_path: Path) -> None:
    cut = tmp_path / "cut.mkv"
    whole = film("mkv").read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidMedia) as refused:
        probed(cut)
    assert refused.value.code == "truncated"


@pytest.mark.parametrize("name", ["mkv", "webm"])
def test_refuses_a_film_that_breaks_off_before_the_end_it_states(name: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mkv"
    whole = film(name).read_bytes()
    kept = len(whole) // 3
    broken.write_bytes(whole[:kept] + bytes(len(whole) - kept))
    with pytest.raises(InvalidMedia) as refused:
        probed(broken)
    assert refused.value.code == "truncated"
    assert "breaks off" in refused.value.message


@pytest.mark.parametrize("name", ["playlist", "half_disguised_playlist", "mpd", "svg", "concat"])
def test_a_disguised_playlist_connects_to_nothing_else(name: str) -> None:
    with serving(film("tiny")) as elsewhere:
        path = spoiled(name, url=elsewhere.url)
        with serving(path) as store, pytest.raises(InvalidMedia):
            probe(store.url, size_bytes=path.stat().st_size)
        assert elsewhere.paths == []
        assert len(store.paths) == 1


@pytest.mark.parametrize("name", ["b_frames", "mkv", "mpegts", "moov_at_end"])
def test_a_film_behind_a_url_is_the_film_on_disk(name: str) -> None:
    path = film(name)
    with serving(path) as store:
        assert probe(f"{store.url}?X-Amz-Signature=abc", size_bytes=path.stat().st_size) == probed(path)
        assert set(store.paths) == {"/bucket/film?X-Amz-Signature=abc"}


@pytest.mark.parametrize("name", ["h264_25", "mkv", "mpegts"])
def test_of_a_long_film_little_is_read(name: str) -> None:
    path = loop_copy(film(name, seconds=24.0), 8)
    size = path.stat().st_size
    with serving(path) as store:
        media = probe(store.url, size_bytes=size)
    assert size > 2 * ProbeLimits().whole_read_bytes
    assert store.bytes_sent < size / 4
    assert (media.video.constant_frame_rate, media.video.frame_rate.limit_denominator(1)) in {
        (True, Fraction(25)),
        (True, Fraction(24)),
    }
    assert media.video.duration_seconds == pytest.approx(480, abs=1)


def test_an_index_counts_every_frame_of_a_long_film() -> None:
    path = loop_copy(film("h264_25", seconds=24.0), 8)
    with av.open(str(path)) as container:
        frames = sum(1 for packet in container.demux(video=0) if packet.pts is not None)
    assert probed(path).video.frame_count == frames


def test_an_index_too_long_to_walk_still_gives_keyframes_where_they_are() -> None:
    path = film("b_frames", seconds=40.0)
    walked, sampled = probed(path).video, probed(path, ProbeLimits(hollow_read_frames=10)).video
    assert sampled.frame_count is None
    assert (sampled.keyframe_pts, sampled.end_pts) == (walked.keyframe_pts, walked.end_pts)


def test_a_redirect_is_not_followed() -> None:
    with serving(film("tiny")) as elsewhere:
        with serving(film("tiny"), status=302, location=elsewhere.url) as store, pytest.raises(TransientError):
            probe(store.url, size_bytes=1000)
        assert elsewhere.paths == []


def test_a_missing_source_is_permanent_and_an_ailing_store_is_not() -> None:
    with serving(film("tiny"), status=404) as store, pytest.raises(InvalidMedia) as gone:
        probe(store.url, size_bytes=1000)
    assert gone.value.code == "source_unreachable"
    with serving(film("tiny"), status=503) as store, pytest.raises(TransientError):
        probe(store.url, size_bytes=1000)
    assert len(store.paths) == 4


def test_a_probe_that_needs_more_memory_than_it_has_refuses_the_film() -> None:
    with pytest.raises(InvalidMedia) as refused:
        probed(film("full_hd"), ProbeLimits(memory_bytes=4 << 20))
    # Some decoders call a picture they have no room for a broken one.
    assert refused.value.code in {"too_complex", "unreadable"}


def test_a_probe_that_computes_too_long_refuses_the_film() -> None:
    with pytest.raises(InvalidMedia) as refused:
        probed(film("full_hd"), ProbeLimits(cpu_seconds=0))
    assert refused.value.code == "too_complex"


def test_a_probe_out_of_wall_clock_time_may_be_tried_again() -> None:
    with pytest.raises(TransientError) as late:
        probed(film("tiny"), ProbeLimits(wall_seconds=0.001))
    assert late.value.code == "probe_timed_out"
