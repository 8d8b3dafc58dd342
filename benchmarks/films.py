"""Films for measurements: a real clip, repeated by stream copy to any length."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cli.films import FILMS, bunny_film, ffmpeg


def looped_film(minutes: float) -> Path:
    """Big Buck Bunny's clip (720p, H.264 and AAC) repeated to `minutes`; made once, then kept."""
    target = FILMS / f"looped-{minutes:g}-minutes.mp4"
    if target.exists():
        return target
    source = bunny_film()
    partial = target.with_suffix(".partial.mp4")
    command = [ffmpeg(), "-v", "error", "-nostdin", "-y", "-stream_loop", "-1", "-i", str(source), "-t"]
    command += [str(minutes * 60), "-map", "0:v:0", "-map", "0:a:0", "-c", "copy", "-movflags", "+faststart"]
    subprocess.run([*command, str(partial)], check=True, timeout=600, stdin=subprocess.DEVNULL)
    partial.replace(target)
    return target
