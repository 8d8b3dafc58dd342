"""The argument lists, whole."""

from __future__ import annotations

from pathlib import Path

from marquee.analysis.commands import picture_command, sound_command, still_command

GENERAL = [
    *("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-xerror"),
    *("-progress", "pipe:1", "-stats_period", "0.5"),
    *("-filter_threads", "1", "-filter_complex_threads", "1", "-threads", "1"),
    *("-format_whitelist", "mov", "-protocol_whitelist", "file,pipe"),
]
FILM = Path("/tmp/film.mp4")


def test_pictures_are_decoded_once_for_everything() -> None:
    graph = (
        "[0:v:0]blackdetect=d=0.3:pix_th=0.04:pic_th=0.998,split[frames][rest];"
        r"[frames]scale=-2:'min(90,ih)':flags=area,scdet=t=100,metadata=print:file='pipe\:3'[seen];"
        "[rest]select='isnan(prev_selected_t)+gt(floor(t*2+0.001),floor(prev_selected_t*2+0.001))',"
        r"metadata=add:key=lavfi.sample:value=1,metadata=print:file='pipe\:4',format=gray[samples]"
    )
    assert picture_command("ffmpeg", FILM, ["pipe:3", "pipe:4", "pipe:5"]) == [
        *(*GENERAL, "-i", "/tmp/film.mp4", "-filter_complex", graph),
        *("-map", "[seen]", "-fps_mode", "passthrough", "-f", "null", "-"),
        *("-map", "[samples]", "-fps_mode", "passthrough", "-f", "rawvideo", "pipe:5"),
    ]


def test_sound_is_decoded_once_for_silence_and_loudness() -> None:
    filters = (
        "ebur128=metadata=1:framelog=quiet:peak=true,silencedetect=n=-45dB:d=0.5,"
        r"ametadata=print:file='pipe\:7'"
    )
    assert sound_command("ffmpeg", FILM, ["pipe:7"]) == [
        *(*GENERAL, "-i", "/tmp/film.mp4", "-map", "0:a:0", "-af", filters, "-f", "null", "-")
    ]


def test_a_still_is_sought() -> None:
    assert still_command("ffmpeg", FILM, 12.5, "still.jpg") == [
        *(*GENERAL, "-ss", "12.500", "-i", "/tmp/film.mp4", "-map", "0:v:0"),
        *("-frames:v", "1", "-q:v", "3", "-f", "image2", "still.jpg"),
    ]
