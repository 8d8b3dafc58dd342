"""Where the pinned encoder lies: in the `imageio-ffmpeg` wheel, without importing the package (it would run the binary
once to try it)."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def find_ffmpeg() -> Path:
    """The binary's path; raises RuntimeError when the wheel is not installed."""
    spec = find_spec("imageio_ffmpeg")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for path in sorted((Path(folder) / "binaries").glob("ffmpeg-*")):
            return path
    raise RuntimeError("the imageio-ffmpeg wheel is not installed")
