"""Decodes what was published as a stranger's player would: ffmpeg over HTTP, nothing of ours in between."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg

from benchmarks.people import cookie_for
from cli.endpoint import Endpoint, Json
from cli.follow import wait_for_job
from cli.transfer import Uploader

SECONDS = 300


@dataclass(frozen=True)
class Decoded:
    """What came out of a source: the seconds of every frame of each video stream, the samples of each audio stream."""

    videos: tuple[tuple[float, ...], ...]
    audios: tuple[int, ...]
    warnings: str


def play_through(endpoint: Endpoint, film: Path) -> Json:
    """Upload `film` and give its job when it has ended."""
    transfer = Uploader(endpoint).send(film)
    return wait_for_job(endpoint, transfer.job_id)


def decode_published(endpoint: Endpoint, job: Json) -> Decoded:
    """What a viewer with a session gets of a finished job's film."""
    playlist = endpoint.url(job["playback_url"])
    assert playlist is not None
    return decode(playlist, "-headers", f"Cookie: {cookie_for(endpoint, job['asset_id'])}\r\n")


def decode(source: str | Path, *options: str) -> Decoded:
    """Decode every stream whole, strictly; raises when ffmpeg finds a fault.

    All streams at once: ffmpeg complains of packets cut short when a demuxer gives up the streams nobody wants.
    """
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-v", "warning", "-xerror", *options]
    command += ["-i", str(source), "-map", "0:v", "-map", "0:a?", "-fps_mode", "passthrough", "-copyts"]
    command += ["-enc_time_base", "demux", "-f", "framecrc", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        raise AssertionError(f"ffmpeg could not read {source}:\n{done.stderr}")
    return _read(done.stdout, done.stderr)


def _read(table: str, warnings: str) -> Decoded:
    """The rows of `framecrc`: stream, dts, pts, duration, size, checksum."""
    kinds = dict(re.findall(r"^#media_type (\d+): (\w+)", table, re.MULTILINE))
    bases = {stream: Fraction(base) for stream, base in re.findall(r"^#tb (\d+): (\S+)", table, re.MULTILINE)}
    rows: dict[str, list[list[int]]] = {stream: [] for stream in kinds}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            stream, *numbers = line.split(",")[:4]
            rows[stream.strip()].append([int(number) for number in numbers])
    videos = [
        [float(pts * bases[stream]) for _, pts, _ in rows[stream]] for stream in kinds if kinds[stream] == "video"
    ]
    audios = [sum(row[2] for row in rows[stream]) for stream in kinds if kinds[stream] == "audio"]
    return Decoded(tuple(map(tuple, videos)), tuple(audios), warnings)
