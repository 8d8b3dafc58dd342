"""Decodes what was published as a stranger's player would: ffmpeg over HTTP, nothing of ours in between."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg

from cli.endpoint import Endpoint, Json
from cli.follow import wait_for_job
from cli.transfer import Uploader

SECONDS = 300


@dataclass(frozen=True)
class Decoded:
    """What came out of one stream: the time of every frame, or the count of samples."""

    times: tuple[float, ...]
    samples: int
    warnings: str


def play_through(endpoint: Endpoint, film: Path) -> Json:
    """Upload `film` and give its job when it has ended."""
    transfer = Uploader(endpoint).send(film)
    return wait_for_job(endpoint, transfer.job_id)


def decode_video(source: str | Path, stream: int = 0) -> Decoded:
    """Decode one video stream whole, strictly; raises when ffmpeg finds the least fault."""
    output = _decode(source, f"0:v:{stream}", "-fps_mode", "passthrough", "-copyts", "-autorotate", "0")
    base = Fraction(re.search(r"#tb 0: (\S+)", output.stdout).group(1))  # type: ignore[union-attr]
    rows = [line.split(",") for line in output.stdout.splitlines() if line and not line.startswith("#")]
    return Decoded(tuple(float(int(row[2]) * base) for row in rows), 0, output.stderr)


def decode_audio(source: str | Path, stream: int = 0) -> Decoded:
    """Decode one audio stream whole and count its samples."""
    output = _decode(source, f"0:a:{stream}")
    rows = [line.split(",") for line in output.stdout.splitlines() if line and not line.startswith("#")]
    return Decoded((), sum(int(row[3]) for row in rows), output.stderr)


def video_streams(source: str) -> int:
    """How many video streams a demuxer sees in the multivariant playlist."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-i", source]
    told = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False).stderr
    return len(re.findall(r"Stream #0:\d+.*: Video:", told))


def _decode(source: str | Path, stream: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-v", "warning", "-xerror"]
    command += ["-i", str(source), "-map", stream, *options, "-f", "framecrc", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        raise AssertionError(f"ffmpeg could not read {source} {stream}:\n{done.stderr}")
    return done
