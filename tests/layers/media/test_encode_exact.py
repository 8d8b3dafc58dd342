"""Every kind of source through real encodes of tiny shards: joined again, nothing is missing, doubled or moved."""

from __future__ import annotations

from pathlib import Path

import pytest
from marquee.media.conformance import check_audio, check_steady, check_video, join_shares
from marquee.media.planner import build_plan

from tests.encoding import (
    Encoding,
    encode_film,
    frame_pts,
    info_of,
    pictures_in,
    plan_of,
    sound_in,
    words_of_ffmpeg,
)
from tests.films import RECIPES, film, run_ffmpeg

AAC_FRAME = 1024
# The bar code is drawn before the turn, and a deinterlaced frame shows two frames' fields.
WITHOUT_NUMBERS = {"phone", "interlaced"}


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_keeps_every_frame_and_sample_of_any_source(name: str, tmp_path: Path) -> None:
    path = film(name)
    encoding = encode_film(path, plan_of(path))
    for rendition in encoding.plan.renditions:
        _check_pictures(encoding, rendition.name, path, tmp_path, numbers=name not in WITHOUT_NUMBERS)
    for track in encoding.plan.audio:
        _check_sound(encoding, track.name, path, tmp_path)
    _check_reports(encoding)


def test_a_stream_that_begins_inside_a_gop_begins_with_its_first_keyframe(tmp_path: Path) -> None:
    path = tmp_path / "recording.ts"
    path.write_bytes(film("mpegts").read_bytes()[188 * 300 :])
    encoding = encode_film(path, plan_of(path))
    _check_pictures(encoding, "v144", path, tmp_path, numbers=True)
    _check_reports(encoding)


def test_holes_in_the_sound_are_filled_with_silence(tmp_path: Path) -> None:
    hole = ("-af", "aselect='not(between(t,2,3))'")
    run_ffmpeg(("-i", str(film("h264_25")), "-c:v", "copy", *hole, "-c:a", "aac", "film.mkv"), folder=tmp_path)
    path = tmp_path / "film.mkv"
    encoding = encode_film(path, plan_of(path))
    joined = tmp_path / "a0.mp4"
    joined.write_bytes(encoding.joined("a0"))
    assert words_of_ffmpeg(joined) == ""
    assert abs(sound_in(joined).samples - 6 * 48_000) < 2 * AAC_FRAME


def test_a_picture_that_stands_still_keeps_its_times(tmp_path: Path) -> None:
    """A recording of a screen: frames only when something moves."""
    still = ("-vf", "select='lt(t,0.5)+between(t,1.6,1.8)+gt(t,4.9)'", "-fps_mode", "passthrough")
    run_ffmpeg(("-i", str(film("h264_25")), *still, "-enc_time_base", "1:90000", "film.mp4"), folder=tmp_path)
    path = tmp_path / "film.mp4"
    plan = build_plan("job-1", "asset-1", 1, "uploads", "uploads/u/source", info_of(path))
    encoding = encode_film(path, plan)
    _check_pictures(encoding, plan.renditions[-1].name, path, tmp_path, numbers=True)
    _check_reports(encoding)


def test_two_frames_of_one_time_are_both_shown(tmp_path: Path) -> None:
    twins = ("-vf", "setpts='(N-eq(mod(N,10),7))/25/TB'", "-fps_mode", "passthrough", "-enc_time_base", "1:1000")
    run_ffmpeg(("-i", str(film("h264_25")), *twins, "-c:v", "ffv1", "-an", "film.mkv"), folder=tmp_path)
    path = tmp_path / "film.mkv"
    plan = build_plan("job-1", "asset-1", 1, "uploads", "uploads/u/source", info_of(path))
    encoding = encode_film(path, plan)
    joined = tmp_path / "v360.mp4"
    joined.write_bytes(encoding.joined("v360"))
    assert [picture.number for picture in pictures_in(joined)] == list(range(150))
    _check_reports(encoding)


def _check_pictures(encoding: Encoding, name: str, source: Path, folder: Path, *, numbers: bool) -> None:
    joined = folder / f"{name}.mp4"
    joined.write_bytes(encoding.joined(name))
    assert words_of_ffmpeg(joined) == ""
    plan, shown = encoding.plan, pictures_in(joined)
    times = [float(pts * plan.media.video.time_base - plan.origin_seconds) for pts in frame_pts(source)]
    assert len(shown) == len(times)
    assert max(abs(picture.seconds - time) for picture, time in zip(shown, times, strict=True)) < 0.001
    if numbers:
        assert [picture.number for picture in shown] == [picture.number for picture in pictures_in(source)]


def _check_sound(encoding: Encoding, name: str, source: Path, folder: Path) -> None:
    joined = folder / f"{name}.mp4"
    joined.write_bytes(encoding.joined(name))
    assert words_of_ffmpeg(joined) == ""
    track = next(track for track in encoding.plan.audio if track.name == name)
    ours, theirs = sound_in(joined), sound_in(source, track.stream_index)
    assert abs(ours.samples - theirs.samples) < AAC_FRAME
    assert abs(ours.seconds - (theirs.seconds - float(encoding.plan.origin_seconds))) < 0.001


def _check_reports(encoding: Encoding) -> None:
    """The same checks that guard publication pass."""
    plan = encoding.plan
    rows = [row for result in (*encoding.video, *encoding.audio) for row in result.tracks]
    whole = {name: join_shares(name, [row for row in rows if row.name == name]) for name in {r.name for r in rows}}
    check_video(plan, {rendition.name: whole[rendition.name] for rendition in plan.renditions})
    for rendition in plan.renditions:
        check_steady(plan, [row for row in rows if row.name == rendition.name])
    for track in plan.audio:
        check_audio(plan, track, whole[track.name])
    tiles = [tile for result in encoding.video for tile in result.tile_indexes]
    assert sorted(tiles) == list(range(plan.storyboard.tile_count))
