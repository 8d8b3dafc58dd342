"""The argument lists of the looks at a film. Pure: paths in, lists out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

SAMPLES_A_SECOND = 2
# White letters on black are no black picture: at most a five-hundredth of it may be lighter.
_BLACK = "blackdetect=d=0.3:pix_th=0.04:pic_th=0.998"
SILENCE_SECONDS = 0.5
SILENCE_DECIBELS = -45


def picture_command(ffmpeg: str, film: Path, sinks: Sequence[str]) -> list[str]:
    """One decode of a whole rendition. `sinks` name where go: a few lines for each frame (how much it differs from
    the one before, where black begins and ends), a few lines for each sample, and the samples' grey pixels."""
    every, sampled, pixels = sinks
    turn = f"floor(%s*{SAMPLES_A_SECOND}+0.001)"
    graph = (
        f"[0:v:0]{_BLACK},split[frames][rest];"
        # Small, so that grain and what the encoder makes of it do not look like change. No threshold: which
        # differences are cuts is decided when all are known.
        f"[frames]scale=-2:'min(90,ih)':flags=area,scdet=t=100,metadata=print:file={_escaped(every)}[seen];"
        # the first frame of each half second of the film, whatever its frame rate
        f"[rest]select='isnan(prev_selected_t)+gt({turn % 't'},{turn % 'prev_selected_t'})',"
        # frames without any value would not be told
        f"metadata=add:key=lavfi.sample:value=1,metadata=print:file={_escaped(sampled)},format=gray[samples]"
    )
    return [
        *_general(ffmpeg, film),
        *("-filter_complex", graph, "-map", "[seen]", "-fps_mode", "passthrough", "-f", "null", "-"),
        *("-map", "[samples]", "-fps_mode", "passthrough", "-f", "rawvideo", pixels),
    ]


def sound_command(ffmpeg: str, film: Path, sinks: Sequence[str]) -> list[str]:
    """Silence and loudness of a whole track, as lines to the one sink."""
    (lines,) = sinks
    filters = (
        # It cuts frames anew and then loses what others noted on them: it comes first.
        "ebur128=metadata=1:framelog=quiet:peak=true,"
        f"silencedetect=n={SILENCE_DECIBELS}dB:d={SILENCE_SECONDS},ametadata=print:file={_escaped(lines)}"
    )
    return [*_general(ffmpeg, film), "-map", "0:a:0", "-af", filters, "-f", "null", "-"]


def still_command(ffmpeg: str, film: Path, at_seconds: float, picture: str) -> list[str]:
    """The picture that stands at a time, as a JPEG file."""
    seek = ("-ss", f"{max(0.0, at_seconds):.3f}")
    return [*_general(ffmpeg, film, seek), "-map", "0:v:0", "-frames:v", "1", "-q:v", "3", "-f", "image2", picture]


def _general(ffmpeg: str, film: Path, seek: Sequence[str] = ()) -> list[str]:
    return [
        *(ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-xerror"),
        *("-progress", "pipe:1", "-stats_period", "0.5"),
        *("-filter_threads", "1", "-filter_complex_threads", "1", "-threads", "1"),
        *("-format_whitelist", "mov", "-protocol_whitelist", "file,pipe"),
        *(*seek, "-i", str(film)),
    ]


def _escaped(sink: str) -> str:
    """For an option within a graph: the quotes are the graph's, the backslash the option's."""
    escaped = sink.replace(":", r"\:")
    return f"'{escaped}'"
