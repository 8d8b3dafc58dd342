"""The peers: what an engineer would type for the same renditions and sound, in one process and in one for each."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from marquee.domain.media import AudioTrack, Plan, Rendition
from marquee.media.ffmpeg import find_ffmpeg


@dataclass(frozen=True)
class Cost:
    """CPU-seconds of all processes, and seconds on the clock."""

    cpu_seconds: float
    wall_seconds: float


def one_process(plan: Plan, film: Path, folder: Path) -> Cost:
    """A single decode, split to all renditions."""
    count = len(plan.renditions)
    labels = "".join(f"[s{n}]" for n in range(count))
    scales = ";".join(f"[s{n}]scale={r.width}:{r.height}[v{n}]" for n, r in enumerate(plan.renditions))
    command = _start(film, "-filter_complex", f"[0:v]split={count}{labels};{scales}")
    for number, rung in enumerate(plan.renditions):
        command += ["-map", f"[v{number}]", *_picture(rung), *_segments(folder, rung.name)]
    for track in plan.audio:
        command += [*_sound(track), *_segments(folder, track.name)]
    return _run([command])


def process_each(plan: Plan, film: Path, folder: Path) -> Cost:
    """One process for every rendition, all at the same time; the first makes the sound, too."""
    commands = []
    for rung in plan.renditions:
        scale = ("-vf", f"scale={rung.width}:{rung.height}", "-map", "0:v:0")
        commands.append(_start(film, *scale, *_picture(rung), *_segments(folder, f"each-{rung.name}")))
    for track in plan.audio:
        commands[0] += [*_sound(track), *_segments(folder, f"each-{track.name}")]
    return _run(commands)


def _start(film: Path, *more: str) -> list[str]:
    return [str(find_ffmpeg()), "-nostdin", "-v", "error", "-y", "-i", str(film), *more]


def _picture(rung: Rendition) -> list[str]:
    return [
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", f"{rung.crf:g}", "-pix_fmt", "yuv420p"),
        *("-maxrate", str(rung.max_rate), "-bufsize", str(rung.buffer_size), "-fps_mode", "passthrough"),
        *("-force_key_frames", "expr:gte(t,n_forced*6)", "-sc_threshold", "0", "-g", "600"),
    ]


def _sound(track: AudioTrack) -> list[str]:
    return ["-map", f"0:{track.stream_index}", "-c:a", "aac", "-b:a", str(track.bit_rate), "-ac", str(track.channels)]


def _segments(folder: Path, name: str) -> list[str]:
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    files = ["-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", str(place / "%05d.m4s")]
    return ["-f", "hls", "-hls_time", "6", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4", *files,
            str(place / "index.m3u8")]  # fmt: skip


def _run(commands: Sequence[Sequence[str]]) -> Cost:
    started, cpu = time.monotonic(), 0.0
    children = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for command in commands]
    for child in children:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        cpu += usage.ru_utime + usage.ru_stime
    if any(child.returncode for child in children):
        raise SystemExit("A peer failed; its words are above.")
    return Cost(cpu, time.monotonic() - started)
