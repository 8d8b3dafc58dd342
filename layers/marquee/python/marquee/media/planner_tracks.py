"""Which sound a film gets: one AAC track for each of the source's, in one or two channels.

Surround is mixed down to stereo and not kept beside it: every browser plays stereo AAC, a second rendition
group for the few that play more is not worth the doubled work yet.
"""

from __future__ import annotations

from marquee.domain.media import AudioInfo, AudioTrack, MediaInfo
from marquee.media.probe_languages import UNDETERMINED, language_name
from marquee.media.runners import audio_runner

MAX_TRACKS = 8
_STEREO_BIT_RATE = 128_000
_MONO_BIT_RATE = 64_000


def plan_audio(media: MediaInfo) -> tuple[AudioTrack, ...]:
    """The tracks in the source's order; exactly one is the default when there is any."""
    chosen = media.audio[:MAX_TRACKS]
    default = next((n for n, audio in enumerate(chosen) if audio.default), 0)
    labels = _unique([_label(audio, n) for n, audio in enumerate(chosen)])
    return tuple(
        AudioTrack(
            index=n,
            name=f"a{n}",
            runner=audio_runner(media),
            stream_index=audio.stream_index,
            channels=min(2, audio.channels),
            # The two rates of the world's sound are kept; all others are brought to the one of film.
            sample_rate=44_100 if audio.sample_rate == 44_100 else 48_000,
            bit_rate=_MONO_BIT_RATE if audio.channels == 1 else _STEREO_BIT_RATE,
            language=audio.language or UNDETERMINED,
            label=labels[n],
            default=n == default,
        )
        for n, audio in enumerate(chosen)
    )


def _label(audio: AudioInfo, number: int) -> str:
    title = " ".join("".join(c if c.isprintable() and c != '"' else " " for c in audio.title or "").split())
    return title[:80] or language_name(audio.language or "") or f"Audio {number + 1}"


def _unique(labels: list[str]) -> list[str]:
    """Players tell tracks apart by their names alone: a name that is taken gets a number."""
    taken: list[str] = []
    for label in labels:
        name, number = label, 2
        while name in taken:
            name, number = f"{label} {number}", number + 1
        taken.append(name)
    return taken
