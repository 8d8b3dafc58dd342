"""Keep `main.m3u8` of a growing film: which of its tracks a player may choose already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from marquee.domain import keys
from marquee.domain.media import AudioTrack, EncodedTrack, Plan, Rendition
from marquee.media.hls import MediaPlaylist
from marquee.media.rates import average_rate, peak_rate
from marquee.media.variants import (
    AudioVariant,
    Rates,
    VideoVariant,
    listed_tracks,
    render_multivariant,
)
from marquee.services.published import PublishedFolder
from marquee.services.results import ResultReader, track_of

Playlists = Mapping[str, MediaPlaylist]


class TrackLister:
    """Lists a rendition once it covers all that the listed ones cover, audio once it has begun.

    `main.m3u8` appears with the first rendition (and the default audio track, if the film has any); a name
    that is listed stays listed. Only what is planned of rates is known yet: the measured ones come at the end.
    """

    def __init__(
        self,
        plan: Plan,
        results: ResultReader,
        folder: PublishedFolder,
        read: Callable[[Iterable[str]], dict[str, MediaPlaylist]],
    ) -> None:
        self._plan = plan
        self._results = results
        self._folder = folder
        self._read = read

    def list_ready(self, known: Playlists) -> bool:
        """Add what has become ready; `known` are playlists just read. Returns whether there is a `main.m3u8`."""
        listed: frozenset[str] = frozenset()
        everything = {r.name for r in self._plan.renditions} | {a.name for a in self._plan.audio}

        def change(text: str | None) -> str | None:
            nonlocal listed
            listed = listed_tracks(text) if text is not None else frozenset()
            if listed >= everything:
                return None
            playlists = {**known, **self._read(everything - known.keys())}
            ready = listed | self._ready(playlists, listed)
            if ready == listed:
                return None
            listed = ready
            return self._render(playlists, ready)

        self._folder.revise(keys.MULTIVARIANT_PLAYLIST, change)
        return bool(listed)

    def _ready(self, playlists: Playlists, listed: frozenset[str]) -> frozenset[str]:
        names = [r.name for r in self._plan.renditions]
        counts = {name: len(playlists[name].entries) for name in names}
        needed = max((count for name, count in counts.items() if not listed or name in listed), default=0)
        videos = {name for name in names if counts[name] >= max(needed, 1)}
        audios = {a.name for a in self._plan.audio if playlists[a.name].entries}
        if self._plan.audio and _default(self._plan.audio).name not in audios | listed:
            return frozenset()
        return frozenset(videos | audios if videos or listed else ())

    def _render(self, playlists: Playlists, ready: frozenset[str]) -> str:
        videos = [self._video(r, playlists[r.name]) for r in self._plan.renditions if r.name in ready]
        audios = [self._audio(a, playlists[a.name]) for a in self._plan.audio if a.name in ready]
        return render_multivariant(videos, audios, growing=True)

    def _video(self, rendition: Rendition, playlist: MediaPlaylist) -> VideoVariant:
        first = next(s for s in self._plan.shards if rendition.name in s.renditions and s.segments[0].number == 0)
        track = track_of(self._results.final("video", first.index), rendition.name)
        return VideoVariant(
            rendition,
            codecs=_codecs(track, rendition.name),
            frame_rate=Fraction(self._plan.media.video.frame_rate),
            rates=_expected(playlist, rendition.max_rate),
        )

    def _audio(self, audio: AudioTrack, playlist: MediaPlaylist) -> AudioVariant:
        track = track_of(self._results.latest("audio", audio.index), audio.name)
        return AudioVariant(audio, _codecs(track, audio.name), _expected(playlist, audio.bit_rate))


def _default(tracks: tuple[AudioTrack, ...]) -> AudioTrack:
    return next((track for track in tracks if track.default), tracks[0])


def _codecs(track: EncodedTrack | None, name: str) -> str:
    if track is None:
        raise LookupError(f"{name} has a playlist but no report")
    return track.codecs


def _expected(playlist: MediaPlaylist, planned_peak: int) -> Rates:
    """The peak that is allowed, or what was measured above it; the average so far."""
    spans = playlist.spans
    return Rates(max(planned_peak, peak_rate(spans, playlist.target_seconds)), average_rate(spans))
