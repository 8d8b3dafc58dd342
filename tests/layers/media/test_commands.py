"""The encoder's whole argument lists, and the reasons for each of their turns."""

from __future__ import annotations

from fractions import Fraction

import pytest
from marquee.media.commands import Tool, audio_command, encoder_threads, keyframe_times, told_rate, video_command

from tests.layers.media.encoder_plans import RUNGS, plan_with

TOOL = Tool("ffmpeg", decode_threads=2, ca_file="/etc/authorities.pem")
GENERAL = [
    "ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-xerror",
    "-progress", "pipe:1", "-stats_period", "0.25", "-filter_threads", "1", "-filter_complex_threads", "1",
]  # fmt: skip
DECODING = [
    "-threads", "2", "-max_pixels", "35389440", "-noautorotate", "-flags", "-output_corrupt",
    "-bsf:v", "noise=amount=0:drop='if(key,st(0,1)*0,not(ld(0)))'", "-copyts",
]  # fmt: skip
MUXER = [
    "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-use_editlist", "0",
    "-f", "mp4", "-movflags",
]  # fmt: skip


def after(command: list[str], option: str) -> str:
    return command[command.index(option) + 1]


def rung(label: str, max_rate: str, buffer_size: str, sink: str) -> list[str]:
    return [
        "-map", label, "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23",
        "-maxrate", max_rate, "-bufsize", buffer_size, "-threads", "1", "-a53cc", "0",
        "-g", "100000", "-sc_threshold", "0",
        "-forced-idr", "1", "-force_key_frames", "10.000000,16.000000", "-fps_mode", "passthrough",
        "-enc_time_base", "1:90000", "-video_track_timescale", "90000", "-bsf:v", "h264_metadata=tick_rate=50", *MUXER,
        "+cmaf+skip_trailer+frag_keyframe+frag_discont", "-flush_packets", "1", sink,
    ]  # fmt: skip


def test_one_process_decodes_once_and_writes_every_rendition() -> None:
    plan = plan_with(seek_seconds=4.5)
    graph = (
        "[0:0]trim=start_pts=0,settb=1/90000,setpts=PTS+900000,scale=1280:720:out_range=limited,format=yuv420p,"
        "setsar=1,split=2[r0][next1];[next1]scale=640:360,setsar=1[r1]"
    )
    assert video_command(TOOL, plan, plan.shards[0], "/films/a.mp4", ["pipe:7", "pipe:9"]) == [
        *GENERAL, "-format_whitelist", "mov", "-protocol_whitelist", "file", *DECODING,
        "-noaccurate_seek", "-seek_timestamp", "1", "-ss", "4.500000",
        "-i", "/films/a.mp4", "-filter_complex", graph,
        *rung("[r0]", "2800000", "5600000", "pipe:7"), *rung("[r1]", "800000", "1600000", "pipe:9"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("constant", "average", "told"),
    [
        (True, Fraction(30_000, 1001), Fraction(30_000, 1001)),
        (False, Fraction(149, 6), 50),
        (False, Fraction(26), 60),
        (False, Fraction(58), 100),
        (False, Fraction(110), 100),
    ],
)
def test_the_stream_tells_a_rate_that_parts_neighbouring_frames(
    constant: bool, average: Fraction, told: Fraction
) -> None:
    video = plan_with().media.video.model_copy(update={"constant_frame_rate": constant, "frame_rate": average})
    assert told_rate(video) == told


def test_sound_is_encoded_whole_and_cut_by_us() -> None:
    plan = plan_with(origin=Fraction(1, 2))
    filters = "aresample=48000:async=1,asettb=1/48000,asetpts=PTS+456000,atrim=start_pts=480000"
    assert audio_command(TOOL, plan, plan.audio[0], "/films/a.mp4", "pipe:7") == [
        *GENERAL, "-format_whitelist", "mov", "-protocol_whitelist", "file",
        "-copyts", "-i", "/films/a.mp4", "-map", "0:1", "-af", filters,
        "-c:a", "aac", "-profile:a", "aac_low", "-b:a", "128000", "-ac", "2",
        *MUXER, "+cmaf+skip_trailer+frag_discont", "-frag_duration", "500000", "-flush_packets", "1", "pipe:7",
    ]  # fmt: skip


def test_pictures_come_from_the_same_decode() -> None:
    plan = plan_with(takes_pictures=True)
    command = video_command(TOOL, plan, plan.shards[0], "/films/a.mp4", ["pipe:7", "pipe:9"])
    assert command[command.index("[tiles]") - 1 :] == [
        "-map", "[tiles]", "-fps_mode", "passthrough", "-q:v", "4", "-threads", "1",
        "-start_number", "0", "-f", "image2", "tile-%05d.jpg",
        "-map", "[posters]", "-fps_mode", "passthrough", "-q:v", "3", "-threads", "1",
        "-start_number", "0", "-f", "image2", "poster-%05d.jpg",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "protocols"),
    [
        ("/films/a.mp4", "file"),
        ("http://127.0.0.1/a?X-Amz-Signature=1", "http,https,tcp,tls"),
        ("https://bucket.s3/a?X-Amz-Signature=1", "http,https,tcp,tls"),
    ],
)
def test_only_the_one_source_can_be_read(source: str, protocols: str) -> None:
    plan = plan_with()
    command = video_command(TOOL, plan, plan.shards[0], source, ["pipe:7", "pipe:9"])
    assert after(command, "-protocol_whitelist") == protocols
    assert command.index("-protocol_whitelist") < command.index("-i")


def test_https_is_verified_by_the_given_authorities() -> None:
    plan = plan_with()
    command = audio_command(TOOL, plan, plan.audio[0], "https://bucket.s3/a", "pipe:7")
    assert after(command, "-ca_file") == "/etc/authorities.pem"
    assert "-ca_file" not in audio_command(TOOL, plan, plan.audio[0], "http://127.0.0.1/a", "pipe:7")


@pytest.mark.parametrize(
    ("container", "demuxer", "seek"),
    [("mov", "mov", "4.500000"), ("mp4", "mov", "4.500000"), ("matroska", "matroska", "4.630435"),
     ("mpegts", "mpegts", "4.630435"), ("avi", "avi", "4.630435")],
)  # fmt: skip
def test_a_seek_lands_on_the_planned_keyframe_in_every_container(container: str, demuxer: str, seek: str) -> None:
    plan = plan_with(container=container, seek_seconds=4.5)
    command = video_command(TOOL, plan, plan.shards[0], "/films/a", ["pipe:7", "pipe:9"])
    assert after(command, "-format_whitelist") == demuxer
    assert after(command, "-ss") == seek


def test_decoding_from_the_start_does_not_seek() -> None:
    plan = plan_with(seek_seconds=4.5)
    command = video_command(TOOL, plan, plan.shards[0], "/films/a", ["pipe:7", "pipe:9"], from_start=True)
    assert "-ss" not in command


def test_sinks_belong_to_the_shards_renditions_in_their_order() -> None:
    plan = plan_with(renditions=("v360", "v720"))
    command = video_command(TOOL, plan, plan.shards[0], "/films/a", ["pipe:7", "pipe:9"])
    assert (after(command, "-maxrate"), command[command.index("pipe:7") + 2]) == ("800000", "[r0]")


def test_keyframe_times_never_lie_after_their_frame() -> None:
    plan = plan_with(segments=[(0, 0, 180), (1, 180, 360)], time_base=Fraction(1001, 30_000))
    assert keyframe_times(plan, plan.shards[0]) == "10.000000,16.006000"
    third = plan_with(segments=[(0, 0, 1), (1, 1, 2)], time_base=Fraction(1, 3))
    assert keyframe_times(third, third.shards[0]) == "10.000000,10.333333"


def test_threads_are_fixed_by_the_size_and_not_by_the_machine() -> None:
    large = RUNGS[0].model_copy(update={"width": 1080, "height": 1920})
    assert [encoder_threads(rung) for rung in (large, *RUNGS)] == [2, 1, 1]
