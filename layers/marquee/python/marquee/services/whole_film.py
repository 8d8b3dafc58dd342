"""A whole film out of its workers' reports: read, joined and checked against the plan and the bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from marquee.domain.errors import OutputMismatch
from marquee.domain.media import AudioTrack, EncodedTrack, EncodeResult, OrderKind, Plan
from marquee.media import conformance, hls
from marquee.media.rates import average_rate, peak_rate, spans_of
from marquee.media.variants import AudioVariant, Rates, VideoVariant
from marquee.services.results import ResultReader, track_of

AT_ONCE = 10  # as many as the client keeps connections

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Film:
    """A whole, checked film: every track with how it is listed, renditions high → low. `dollars`: what its encoders
    cost."""

    plan: Plan
    videos: tuple[tuple[VideoVariant, EncodedTrack], ...]
    audios: tuple[tuple[AudioVariant, EncodedTrack], ...]
    dollars: float = 0.0


def at_once(one: Callable[[T], R], many: Iterable[T]) -> list[R]:
    """`one` of each of `many`, in threads, in order: for waiting on the object store."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, many))


def check_film(plan: Plan, results: ResultReader, sizes: Mapping[str, int]) -> Film:
    """Join all reports into whole tracks and hold them against the plan and the objects' `sizes`.

    Raises OutputMismatch for the first thing that is not as planned.
    """
    video_results = _read_all(results, "video", [shard.index for shard in plan.shards])
    audio_results = _read_all(results, "audio", [audio.index for audio in plan.audio])
    videos = {r.name: _whole_video(plan, r.name, video_results) for r in plan.renditions}
    audios = {a.name: _whole_audio(plan, a, audio_results) for a in plan.audio}
    conformance.check_video(plan, videos)
    for track in (*videos.values(), *audios.values()):
        conformance.check_objects(track, sizes)
    target = hls.target_seconds(plan)
    return Film(
        plan,
        tuple((_video_variant(plan, track, target), track) for track in videos.values()),
        tuple((_audio_variant(a, audios[a.name], target), audios[a.name]) for a in plan.audio),
        dollars=sum(result.dollars for result in (*video_results, *audio_results)),
    )


def _read_all(results: ResultReader, kind: OrderKind, indexes: Sequence[int]) -> list[EncodeResult]:
    found = at_once(lambda index: results.final(kind, index), indexes)
    missing = [index for index, result in zip(indexes, found, strict=True) if result is None]
    if missing:
        raise OutputMismatch(f"{kind} order {missing[0]} never reported ({len(missing)} of {len(indexes)})")
    return [result for result in found if result is not None]


def _shares(name: str, results: Sequence[EncodeResult]) -> list[EncodedTrack]:
    return [track for track in (track_of(result, name) for result in results) if track is not None]


def _whole_video(plan: Plan, name: str, results: Sequence[EncodeResult]) -> EncodedTrack:
    shares = _shares(name, results)
    whole = conformance.join_shares(name, shares)
    conformance.check_steady(plan, shares)
    return whole


def _whole_audio(plan: Plan, audio: AudioTrack, results: Sequence[EncodeResult]) -> EncodedTrack:
    whole = conformance.join_shares(audio.name, _shares(audio.name, results))
    conformance.check_audio(plan, audio, whole)
    return whole


def _rates(track: EncodedTrack, target: int, *, iframes: bool = False) -> Rates:
    spans = spans_of(track.segments, track.timescale, iframes=iframes)
    return Rates(peak_rate(spans, target), average_rate(spans))


def _video_variant(plan: Plan, track: EncodedTrack, target: int) -> VideoVariant:
    return VideoVariant(
        plan.rendition(track.name),
        codecs=track.codecs,
        frame_rate=_frame_rate(plan, track),
        rates=_rates(track, target),
        iframes=_rates(track, target, iframes=True),
    )


def _audio_variant(audio: AudioTrack, track: EncodedTrack, target: int) -> AudioVariant:
    return AudioVariant(audio, track.codecs, _rates(track, target))


def _frame_rate(plan: Plan, track: EncodedTrack) -> Fraction:
    """The source's rate when it is constant; else the largest of any segment, as RFC 8216 wants a maximum."""
    video = plan.media.video
    if video.constant_frame_rate:
        return video.frame_rate
    rates = [Fraction(s.samples * track.timescale, s.duration) for s in track.segments]
    # A short last segment with a guessed end would claim any rate.
    return max(rates[:-1] or [video.frame_rate])
