"""Small real test films, made by the pinned ffmpeg and kept by the hash of their recipe.

`film("h264_25")` gives the path of a finished file. Every frame carries its own number as a bar code
along its top edge (`frame_number` reads it back after any encode), so tests can say which frame they see.
Films that must be refused are made by `tests/spoiled_films.py`.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import imageio_ffmpeg

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "films"
BAR_CODE_BITS = 12
SECONDS = 6.0


@dataclass(frozen=True)
class Recipe:
    """One film: ffmpeg argument lists run one after another in a scratch folder; the last makes `film{suffix}`."""

    suffix: str
    steps: tuple[tuple[str, ...], ...]


def run_ffmpeg(arguments: Sequence[str], *, folder: Path) -> None:
    """Run the pinned ffmpeg in `folder`; raises CalledProcessError with its words on failure."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-v", "error", "-y", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise AssertionError(f"ffmpeg {' '.join(arguments)}\n{done.stderr}")


def film(name: str, *, seconds: float = SECONDS, cache: Path = CACHE) -> Path:
    """The film of the recipe `name` (see RECIPES), `seconds` long, made at the first call."""
    recipe = RECIPES[name](seconds)
    folder = _folder(cache, f"{name}|{recipe!r}")
    return _kept(folder / f"{name}{recipe.suffix}", lambda scratch: _cook(recipe, scratch))


def loop_copy(source: Path, minutes: float, *, cache: Path = CACHE) -> Path:
    """A long film: `source` repeated by stream copy, its bar code starting again each turn.

    H.264 of a constant rate and without B-frames stays at that rate over the joints, and AAC without gaps:
    sound and picture then drift apart by up to 21 ms a turn, which a source of 24 s (`seconds=24.0`) avoids.
    """
    folder = _folder(cache, f"loop|2|{source}|{source.stat().st_size}|{minutes}")
    name = f"film{source.suffix}"
    turns = ("-stream_loop", "-1", "-i", str(source), "-map", "0", "-c", "copy", *_evened(source))
    recipe = Recipe(source.suffix, ((*turns, "-t", str(minutes * 60), name),))
    target = folder / f"{source.stem}-{minutes}min{source.suffix}"
    return _kept(target, lambda scratch: _cook(recipe, scratch))


def _evened(source: Path) -> tuple[str, ...]:
    """Filters that write each packet's time anew by its number, where that is what it should be."""
    with av.open(str(source)) as container:
        video = container.streams.video[0]
        packets = [packet for packet in container.demux(video) if packet.pts is not None]
        reordered = any(packet.pts != packet.dts for packet in packets)
        steps = {b.pts - a.pts for a, b in pairwise(packets) if a.pts is not None and b.pts is not None}
        if reordered or max(steps) - min(steps) > 1:
            return ()
        sound = ("-bsf:a", "setts=ts=N*1024/48000/TB") if container.streams.audio else ()
        return ("-bsf:v", f"setts=ts=N/({video.average_rate})/TB", *sound)


def kept_file(name: str, recipe_text: str, make: Callable[[Path], Path], *, cache: Path = CACHE) -> Path:
    """A file made once by `make(scratch folder) -> file there` and kept under the hash of `recipe_text`."""
    return _kept(_folder(cache, f"{name}|{recipe_text}") / name, make)


def frame_number(frame: av.VideoFrame) -> int:
    """The number in the bar code of a decoded (upright) frame, counted from 0, modulo 4096."""
    gray = frame.reformat(width=BAR_CODE_BITS * 16, height=160, format="gray")
    plane = gray.planes[0]
    row = bytes(plane)[plane.line_size * 8 : plane.line_size * 9]
    return sum(1 << bit for bit in range(BAR_CODE_BITS) if row[bit * 16 + 8] > 127)


def _folder(cache: Path, text: str) -> Path:
    version = imageio_ffmpeg.get_ffmpeg_version()
    return cache / hashlib.sha256(f"{version}|{text}".encode()).hexdigest()[:16]


def _kept(target: Path, make: Callable[[Path], Path]) -> Path:
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    # Made aside and moved in one step: tests that run at the same time may make the same film.
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        shutil.move(make(Path(scratch)), target)
    return target


def _cook(recipe: Recipe, scratch: Path) -> Path:
    for step in recipe.steps:
        run_ffmpeg(step, folder=scratch)
    return scratch / f"film{recipe.suffix}"


def _picture(rate: str, size: str, seconds: float, source: str = "testsrc2") -> tuple[str, ...]:
    """Input and filter of a moving picture whose top edge spells each frame's number in black and white."""
    bars = ["drawbox=x=0:y=0:w=iw:h=ih/8:color=black:t=fill"]
    bars += [
        f"drawbox=x=iw*{bit}/{BAR_CODE_BITS}:y=0:w=iw/{BAR_CODE_BITS}:h=ih/8:color=white:t=fill"
        f":enable='gte(mod(n,{2 ** (bit + 1)}),{2**bit})'"
        for bit in range(BAR_CODE_BITS)
    ]
    # Full chroma first: with halved chroma the generator could not make odd sizes.
    graph = f"{source}=s={size}:r={rate}:d={seconds},format=yuv444p,{','.join(bars)}"
    return ("-f", "lavfi", "-i", graph)


def _sound(seconds: float, frequency: int = 440) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"sine=f={frequency}:b=4:r=48000:d={seconds},aformat=channel_layouts=stereo")


X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", "-pix_fmt", "yuv420p", "-threads", "2")
X264_GOP_50 = (*X264, "-g", "50")
AAC = ("-c:a", "aac", "-b:a", "96k")
FAST_START = ("-movflags", "+faststart")
RATES = {
    "23_976": "24000/1001",
    "24": "24",
    "25": "25",
    "29_97": "30000/1001",
    "30": "30",
    "50": "50",
    "59_94": "60000/1001",
    "60": "60",
}


def _h264(
    seconds: float,
    *,
    rate: str = "25",
    size: str = "854x480",
    suffix: str = ".mp4",
    video: tuple[str, ...] = X264_GOP_50,
    audio: tuple[str, ...] = AAC,
    filters: str | None = None,
    muxer: tuple[str, ...] = FAST_START,
    source: str = "testsrc2",
) -> Recipe:
    graph = () if filters is None else ("-vf", filters)
    inputs = (*_picture(rate, size, seconds, source), *_sound(seconds))
    return Recipe(suffix, ((*inputs, *graph, *video, *audio, *muxer, f"film{suffix}"),))


def _phone(seconds: float) -> Recipe:
    # Frames dropped and late by uneven amounts, as a phone's camera does; the matrix is put on a copy.
    uneven = "select='not(eq(mod(n,7),3))',setpts='PTS+mod(N*37,11)/1000/TB'"
    timing = ("-fps_mode", "passthrough", "-enc_time_base", "1:90000", "-video_track_timescale", "90000")
    shot = _h264(seconds, rate="30", filters=f"settb=1/90000,{uneven}", suffix=".mov", muxer=timing).steps[0]
    turn = ("-display_rotation", "-90", "-i", "shot.mov", "-c", "copy", "film.mov")
    return Recipe(".mov", ((*shot[:-1], "shot.mov"), turn))


def _cut(seconds: float) -> Recipe:
    # The cut lies between keyframes: the copy keeps the frames before it and hides them by an edit list.
    whole = _h264(seconds + 3, video=(*X264, "-g", "50", "-bf", "2")).steps[0]
    return Recipe(".mp4", ((*whole[:-1], "whole.mp4"), ("-ss", "2.68", "-i", "whole.mp4", "-c", "copy", "film.mp4")))


def _late(seconds: float, *, which: str) -> Recipe:
    video = _h264(seconds).steps[0]
    early, late = ("0:v", "1:a") if which == "audio" else ("0:a", "1:v")
    inputs = ("-i", "both.mp4", "-itsoffset", "0.5", "-i", "both.mp4", "-map", early, "-map", late)
    return Recipe(".mp4", ((*video[:-1], "both.mp4"), (*inputs, "-c", "copy", "film.mp4")))


def _two_languages(seconds: float) -> Recipe:
    inputs = (*_picture("25", "854x480", seconds), *_sound(seconds), *_sound(seconds, 660))
    maps = ("-map", "0:v", "-map", "1:a", "-map", "2:a", *X264, *AAC)
    words = ("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu")
    titles = ("-metadata:s:a:1", "title=Kommentar", "-disposition:a:0", "default", "-disposition:a:1", "0")
    return Recipe(".mkv", ((*inputs, *maps, *words, *titles, "film.mkv"),))


def _surround(seconds: float) -> Recipe:
    tone = "+".join(f"0.1*sin(2*PI*t*{220 * n})" for n in range(1, 7))
    sound = f"aevalsrc='{'|'.join([tone] * 6)}':c=5.1:s=48000:d={seconds}"
    inputs = (*_picture("25", "854x480", seconds), "-f", "lavfi", "-i", sound)
    return Recipe(".mp4", ((*inputs, *X264, "-c:a", "aac", "-b:a", "320k", "film.mp4"),))


def _silent(seconds: float) -> Recipe:
    return Recipe(".mp4", ((*_picture("25", "854x480", seconds), *X264, "-g", "50", *FAST_START, "film.mp4"),))


_HDR = "hdr10=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=error"
_HDR10 = (
    *("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", "-x265-params"),
    *(_HDR, "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"),
)
_TO_BT2020 = "format=yuv420p10le,setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"
_FIELDS = (*X264, "-flags", "+ilme+ildct", "-x264-params", "tff=1", "-g", "50")
_OPEN = (*X264, "-g", "48", "-bf", "3", "-b_strategy", "0", "-x264-params", "open_gop=1:b-pyramid=normal")
_VP9 = (
    "-c:v",
    "libvpx-vp9",
    "-pix_fmt",
    "yuv420p",
    "-deadline",
    "realtime",
    "-cpu-used",
    "8",
    "-b:v",
    "1M",
    "-g",
    "60",
)
_OPUS = ("-c:a", "libopus", "-b:a", "96k")
_PRORES = ("-c:v", "prores_ks", "-profile:v", "0", "-pix_fmt", "yuv422p10le")
_PCM = ("-c:a", "pcm_s16le")

RECIPES: dict[str, Callable[[float], Recipe]] = {
    **{f"h264_{name}": (lambda s, rate=rate: _h264(s, rate=rate)) for name, rate in RATES.items()},  # type: ignore[misc]
    "full_hd": lambda s: _h264(s, size="1920x1080"),
    "hd": lambda s: _h264(s, size="1280x720"),
    "tiny": lambda s: _h264(s, size="320x180"),
    "two_seconds": lambda _: _h264(2.0),
    "b_frames": lambda s: _h264(s, video=(*X264, "-g", "48", "-bf", "3", "-b_strategy", "0")),
    "phone": _phone,
    "portrait": lambda s: _h264(s, size="480x854"),
    "anamorphic": lambda s: _h264(s, size="720x576", filters="setsar=16/15"),
    "odd_size": lambda s: _h264(
        s, size="853x479", suffix=".mkv", video=("-c:v", "ffv1", "-pix_fmt", "yuv420p"), muxer=()
    ),
    "odd_size_mp4": lambda s: _h264(s, size="853x479", video=(*X264, "-pix_fmt", "yuv444p", "-g", "50")),
    "no_audio": _silent,
    "surround": _surround,
    "two_languages": _two_languages,
    "mkv": lambda s: _h264(s, rate="24000/1001", suffix=".mkv", muxer=()),
    "mov_prores": lambda s: _h264(s, suffix=".mov", video=_PRORES, audio=_PCM, muxer=()),
    "webm": lambda s: _h264(s, rate="30", suffix=".webm", video=_VP9, audio=_OPUS, muxer=()),
    "mpegts": lambda s: _h264(s, suffix=".ts", muxer=()),
    "avi": lambda s: _h264(s, suffix=".avi", video=("-c:v", "mpeg4", "-pix_fmt", "yuv420p", "-q:v", "4"), muxer=()),
    "interlaced": lambda s: _h264(s, rate="50", size="720x576", video=_FIELDS, filters="interlace=scan=tff"),
    "hdr": lambda s: _h264(s, size="640x360", video=_HDR10, filters=_TO_BT2020),
    "long_gop": lambda s: _h264(s, video=(*X264, "-g", "300", "-keyint_min", "300", "-sc_threshold", "0")),
    "open_gop": lambda s: _h264(s, video=_OPEN),
    "cut_edit_list": _cut,
    "late_audio": lambda s: _late(s, which="audio"),
    "late_video": lambda s: _late(s, which="video"),
    "moov_at_end": lambda s: _h264(s, muxer=()),
    "fragmented": lambda s: _h264(s, muxer=("-movflags", "+frag_keyframe+empty_moov")),
}
