"""The first sample is the film's time 0, whatever the source's clocks say, and every later one keeps its place."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from marquee.domain.errors import InvalidMedia
from marquee.domain.media import Plan
from marquee.media import process
from marquee.media.commands import Tool, speech_command
from marquee.media.probe_languages import UNDETERMINED
from marquee.speech.cutter import Cut
from marquee.speech.extract import WHOLE, extract_speech, language_of, track_to_hear
from numpy.typing import NDArray

from tests.encoding import plan_of, tool
from tests.films import film
from tests.made_up_film import made_up_plan
from tests.speech_films import spoken_film

FILTERS = "asetpts=PTS-(0)/TB,aresample=16000:async=1:first_pts=0"
TOOL = Tool(ffmpeg="ffmpeg", decode_threads=2, ca_file="/ca.pem")


def sound_of(path: Path, folder: Path) -> NDArray[np.int16]:
    """All of a film's sound as its listeners get it."""
    plan, pcm = plan_of(path), bytearray()
    ended = process.run(
        lambda pipes: speech_command(tool(), plan, plan.audio[0], str(path), pipes[0]),
        [pcm.extend],
        folder=folder,
        limits=process.Limits(cpu_seconds=60, wall_seconds=120),
    )
    assert ended.code == 0, ended.stderr
    return np.frombuffer(bytes(pcm), dtype=np.int16)


def extract(path: Path, plan: Plan, folder: Path, *, keep_whole: bool = False) -> tuple[list[Cut], float]:
    cuts: list[Cut] = []
    seconds = extract_speech(
        tool(), plan, plan.audio[0], str(path), folder=folder, take=cuts.append, keep_whole=keep_whole
    )
    return cuts, seconds


def test_the_command_reads_one_stream_by_the_rules_of_all() -> None:
    plan = made_up_plan()
    track = plan.audio[0]
    command = speech_command(TOOL, plan, track, "https://s3/source?sig", "pipe:9", whole="sound.flac")
    joined = " ".join(command)
    assert "-protocol_whitelist http,https,tcp,tls" in joined
    assert "-format_whitelist" in joined
    assert "-xerror" in command
    form = ["-map", f"0:{track.stream_index}", "-af", FILTERS, "-ac", "1"]
    assert command[command.index("-map") :] == [
        *(*form, "-sample_fmt", "s16", "-map_metadata", "-1", "-c:a", "flac", "-f", "flac", "sound.flac"),
        *(*form, "-sample_fmt", "s16", "-c:a", "pcm_s16le", "-f", "s16le", "pipe:9"),
    ]


def test_sound_that_begins_late_is_late_by_as_much(tmp_path: Path) -> None:
    sound = np.abs(sound_of(film("late_audio"), tmp_path).astype(np.int32))
    assert sound[: int(0.45 * 16_000)].max() < 50
    assert sound[int(0.55 * 16_000) : int(0.65 * 16_000)].max() > 500


@pytest.mark.parametrize("name", ["h264_25", "cut_edit_list", "late_video", "mpegts", "surround", "mkv"])
def test_sound_lasts_as_long_as_the_film(name: str, tmp_path: Path) -> None:
    path = film(name)
    plan = plan_of(path)
    video = plan.media.video
    end = float(video.end_pts * video.time_base - plan.origin_seconds)
    assert len(sound_of(path, tmp_path)) / 16_000 == pytest.approx(end, abs=0.7)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_words_lie_where_they_are_spoken_in_every_container(suffix: str, tmp_path: Path) -> None:
    spoken = spoken_film("rms", suffix=suffix)
    sound = sound_of(spoken.path, tmp_path).astype(np.float64)
    loud = np.abs(sound[: len(sound) // 160 * 160]).reshape(-1, 160).max(axis=1) > 300
    first = int(np.flatnonzero(loud)[0]) / 100
    assert first == pytest.approx(spoken.words[0].start_seconds, abs=0.06)


def test_the_whole_is_kept_for_a_service_that_wants_it(tmp_path: Path) -> None:
    spoken = spoken_film("rms")
    cuts, seconds = extract(spoken.path, plan_of(spoken.path), tmp_path, keep_whole=True)
    assert len(cuts) == 1
    with av.open(str(tmp_path / WHOLE)) as container:
        (stream,) = container.streams
        assert (stream.codec_context.name, stream.codec_context.sample_rate) == ("flac", 16_000)  # type: ignore[union-attr]
        assert stream.codec_context.channels == 1  # type: ignore[union-attr]
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert samples / 16_000 == pytest.approx(seconds, abs=0.01)


def test_a_damaged_source_is_told_from_a_quiet_one(tmp_path: Path) -> None:
    spoken = spoken_film("rms")
    damaged = tmp_path / "damaged.mp4"
    body = bytearray(spoken.path.read_bytes())
    body[len(body) // 3 : -2000] = bytes(len(body) - len(body) // 3 - 2000)
    damaged.write_bytes(body)
    with pytest.raises(InvalidMedia):
        extract(damaged, plan_of(spoken.path), tmp_path)


def test_the_default_track_is_heard() -> None:
    plan = made_up_plan(audio=2)
    second = plan.audio[1].model_copy(update={"default": True})
    first = plan.audio[0].model_copy(update={"default": False})
    assert track_to_hear(plan.model_copy(update={"audio": (first, second)})) == second
    assert track_to_hear(plan.model_copy(update={"audio": ()})) is None


def test_a_language_that_nobody_knows_is_none() -> None:
    track = made_up_plan().audio[0]
    assert language_of(track.model_copy(update={"language": "de-AT"})) == "de-AT"
    assert language_of(track.model_copy(update={"language": UNDETERMINED})) is None
