"""The sound of a source as its listeners want it, read by a confined ffmpeg and cut while it comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from marquee.domain.media import AudioTrack, Plan
from marquee.media import process
from marquee.media.commands import Tool, speech_command
from marquee.media.failures import raise_for_exit
from marquee.media.probe_languages import UNDETERMINED
from marquee.speech.cutter import Cut, SpeechCutter
from marquee.speech.levels import BYTES_A_SECOND

WHOLE = "sound.flac"
_SPARE_SECONDS = 300


def track_to_hear(plan: Plan) -> AudioTrack | None:
    """The track that viewers hear unless they choose another; None for a film without sound."""
    return next((track for track in plan.audio if track.default), plan.audio[0] if plan.audio else None)


def language_of(track: AudioTrack) -> str | None:
    """RFC 5646; None when nobody has said it."""
    return None if track.language in {"", UNDETERMINED} else track.language


def extract_speech(
    tool: Tool,
    plan: Plan,
    track: AudioTrack,
    source: str,
    *,
    folder: Path,
    take: Callable[[Cut], None],
    keep_whole: bool = False,
) -> float:
    """Read `source` (a path or http address) and hand its chunks to `take` in order; returns the sound's seconds.

    `keep_whole`: also leave all of it as `WHOLE` in `folder`. Raises what `failures` raises.
    """
    cutter = SpeechCutter()

    def receive(pcm: bytes) -> None:
        for cut in cutter.feed(pcm):
            take(cut)

    ended = process.run(
        lambda pipes: speech_command(tool, plan, track, source, pipes[0], whole=WHOLE if keep_whole else None),
        [receive],
        folder=folder,
        limits=_limits(plan.media.duration_seconds),
    )
    raise_for_exit(ended)
    for cut in cutter.finish():
        take(cut)
    return cutter.seconds


def _limits(seconds: float) -> process.Limits:
    cpu = 60 + seconds / 4
    return process.Limits(
        cpu_seconds=int(cpu),
        wall_seconds=cpu + 600,
        file_size_bytes=int((seconds + _SPARE_SECONDS) * BYTES_A_SECOND),
    )
