"""The film that is encoded: a real clip, enlarged where a full ladder is wanted, repeated by stream copy."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cli.films import FILMS, bunny_film, ffmpeg

SIDES = (1080, 720, 480, 360)


def measured_film(minutes: float, side: int) -> Path:
    """`minutes` of film whose short side is `side`: H.264 with keyframes 10 s apart at most, and AAC."""
    target = FILMS / f"measured-{side}-{minutes:g}-minutes.mp4"
    if target.exists():
        return target
    clip = FILMS / f"measured-{side}.mp4"
    if not clip.exists():
        _make(clip, "-i", str(bunny_film()), "-vf", f"scale=-2:{side}:flags=lanczos", "-c:v", "libx264", "-crf", "18",
              "-preset", "medium", "-g", "250", "-c:a", "copy")  # fmt: skip
    _make(target, "-stream_loop", "-1", "-i", str(clip), "-c", "copy", "-t", str(minutes * 60))
    return target


def _make(target: Path, *arguments: str) -> None:
    partial = target.with_suffix(".partial.mp4")
    command = [ffmpeg(), "-v", "error", "-nostdin", "-y", *arguments, "-movflags", "+faststart", str(partial)]
    subprocess.run(command, check=True, timeout=600, stdin=subprocess.DEVNULL)
    partial.replace(target)
