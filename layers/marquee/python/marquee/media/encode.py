"""Runs the encoder for one order and hands out finished segments while it still works.

`encode_video` and `encode_audio` raise what `failures` and `segments` raise: nothing that differs from the plan is
ever returned. Segments that were handed out before are then worth nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from marquee.domain.errors import OutputMismatch
from marquee.domain.media import AudioTrack, EncodedSegment, EncodedTrack, Plan, Shard
from marquee.media import process
from marquee.media.commands import POSTERS, TILES, Tool, audio_command, video_command
from marquee.media.conformance import check_audio
from marquee.media.failures import raise_for_exit
from marquee.media.filters import POSTERS_AHEAD, TILES_AHEAD, poster_count, tile_span
from marquee.media.fmp4 import Fragment, FragmentReader, Init, starting_at
from marquee.media.segments import FinishedSegment, VideoSegmenter
from marquee.media.sound import PRIMING, AudioSegmenter
from marquee.media.timeline import LEAD_SECONDS

Fraction01 = Callable[[float], None]


class Receiver(Protocol):
    """Takes what is finished, in order per track, and may make the encoder wait."""

    def init(self, track: str, init: Init) -> None:
        """The init segment; called once, before the track's first segment."""
        ...

    def segment(self, track: str, segment: FinishedSegment) -> None:
        """One segment."""
        ...


@dataclass(frozen=True, slots=True)
class Encoded:
    """What one encode made: rows for the report, and pictures that lie in the working folder."""

    tracks: tuple[EncodedTrack, ...]
    cpu_seconds: float
    tiles: dict[int, Path] = field(default_factory=dict)
    posters: tuple[Path, ...] = ()


class _Track:
    """A pipe's reader: bytes in, whole segments to the receiver."""

    def __init__(
        self,
        name: str,
        take: Callable[[Fragment], Iterable[FinishedSegment]],
        receiver: Receiver,
        delay: int,
    ) -> None:
        """`delay`: ticks from media time to presentation time, taken off by the init segment's edit list."""
        self._name = name
        self._take = take
        self._receiver = receiver
        self._delay = delay
        self._reader = FragmentReader()
        self._init: Init | None = None

    def __call__(self, data: bytes) -> None:
        for part in self._reader.read(data):
            if isinstance(part, Fragment):
                self.hand_out(self._take(part))
            else:
                self._init = starting_at(part, self._delay)
                self._receiver.init(self._name, self._init)

    def hand_out(self, segments: Iterable[FinishedSegment]) -> None:
        for segment in segments:
            self._receiver.segment(self._name, segment)

    def close(self) -> None:
        self._reader.finish()

    def report(self, segments: Iterable[EncodedSegment]) -> EncodedTrack:
        if self._init is None:
            raise OutputMismatch(f"the encoder wrote nothing for {self._name}")
        return encoded_track(self._name, self._init, segments)


def encoded_track(name: str, init: Init, segments: Iterable[EncodedSegment]) -> EncodedTrack:
    """A track's row in a report."""
    return EncodedTrack(
        name=name,
        codecs=init.codecs,
        timescale=init.timescale,
        init_sha256=hashlib.sha256(init.body).hexdigest(),
        init_size_bytes=len(init.body),
        segments=tuple(segments),
    )


def encode_video(
    tool: Tool,
    plan: Plan,
    shard: Shard,
    source: str,
    *,
    folder: Path,
    receiver: Receiver,
    on_fraction: Fraction01,
    from_start: bool = False,
) -> Encoded:
    """Encode one shard from `source` (a path or http address); pictures are left in `folder`."""
    makers = [VideoSegmenter(plan, shard) for _ in shard.renditions]
    tracks = [
        _Track(name, lambda fragment, maker=maker: [maker.take(fragment)], receiver, maker.delay)  # type: ignore[misc]
        for name, maker in zip(shard.renditions, makers, strict=True)
    ]
    length = (shard.segments[-1].end_pts - shard.segments[0].start_pts) * plan.media.video.time_base
    ended = process.run(
        lambda pipes: video_command(tool, plan, shard, source, pipes, from_start=from_start),
        tracks,
        folder=folder,
        limits=_limits(plan, float(length)),
        on_media_time=lambda seconds: on_fraction(_share(seconds - LEAD_SECONDS, float(length))),
    )
    raise_for_exit(ended)
    for track, maker in zip(tracks, makers, strict=True):
        track.close()
        maker.finish()
    _check_alike([maker.finished for maker in makers])
    return Encoded(
        tuple(track.report(maker.finished) for track, maker in zip(tracks, makers, strict=True)),
        ended.cpu_seconds,
        _tiles(plan, shard, folder),
        _posters(plan, shard, folder),
    )


def encode_audio(
    tool: Tool,
    plan: Plan,
    track: AudioTrack,
    source: str,
    *,
    folder: Path,
    receiver: Receiver,
    on_fraction: Fraction01,
) -> Encoded:
    """Encode the whole programme of one audio track from `source` (a path or http address)."""
    maker = AudioSegmenter(plan, track.sample_rate)
    pipe = _Track(track.name, maker.take, receiver, PRIMING)
    length = plan.media.duration_seconds
    ended = process.run(
        lambda pipes: audio_command(tool, plan, track, source, pipes[0]),
        [pipe],
        folder=folder,
        limits=_limits(plan, length),
        on_media_time=lambda seconds: on_fraction(_share(seconds - LEAD_SECONDS, length)),
    )
    raise_for_exit(ended)
    pipe.close()
    pipe.hand_out(maker.finish())
    report = pipe.report(maker.finished)
    # A file that was cut off can end without an error, and then it is only too short.
    check_audio(plan, track, report)
    return Encoded((report,), ended.cpu_seconds)


def _share(done: float, whole: float) -> float:
    return min(1.0, max(0.0, done / whole)) if whole > 0 else 0.0


def _limits(plan: Plan, seconds: float) -> process.Limits:
    """Generous to any real film of this size, and an end to anything else."""
    megapixels = plan.media.video.coded_width * plan.media.video.coded_height / 1_000_000
    fps = float(plan.media.video.frame_rate)
    # Seconds of one core for a frame: far above what decoding and a whole ladder cost.
    cpu = 120 + (seconds + 60) * fps * (0.1 + 0.15 * megapixels)
    return process.Limits(cpu_seconds=int(cpu), wall_seconds=cpu + 600)


def _check_alike(renditions: list[list[EncodedSegment]]) -> None:
    """All renditions of a decode have the same frames at the same times."""
    grids = {tuple((s.number, s.start, s.duration, s.samples) for s in segments) for segments in renditions}
    if len(grids) != 1:
        raise OutputMismatch("the renditions of a shard differ in frames or times")


def _tiles(plan: Plan, shard: Shard, folder: Path) -> dict[int, Path]:
    """Every planned tile of the shard; one that the film ends before shows the last picture there is."""
    if not shard.takes_pictures:
        return {}
    span, found = tile_span(plan, shard), {}
    nearest = folder / (TILES % 0)
    for count in range(span.count):
        path = folder / (TILES % (count + TILES_AHEAD))
        nearest = path if path.exists() else nearest
        if nearest.exists():
            found[span.first + count] = nearest
    return found


def _posters(plan: Plan, shard: Shard, folder: Path) -> tuple[Path, ...]:
    """The frames that may be the poster; the shard's first one where it ends before any other is due."""
    count = poster_count(plan, shard)
    paths = [folder / (POSTERS % number) for number in range(count + POSTERS_AHEAD)]
    found = [path for path in paths if path.exists()]
    return tuple(found[POSTERS_AHEAD:] or found)
