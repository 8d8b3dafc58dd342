"""Check everything that was encoded, then write the final playlists and manifests.

Nothing final is written before all checks pass; a second run writes the same bytes again.
"""

from __future__ import annotations

from collections.abc import Callable

from marquee.domain import keys
from marquee.domain.measures import COST_PER_MINUTE, ENCODE_COST, FILM_TIME, measure
from marquee.domain.media import (
    EncodedTrack,
    PackageSummary,
    PublishedRendition,
    PublishedTrack,
)
from marquee.domain.ports import JobMarks, ObjectStore
from marquee.media import conformance, dash, hls
from marquee.media.variants import AudioVariant, VideoVariant, render_multivariant, unique_labels
from marquee.services.published import DASH_TYPE, FINAL_CACHE, HLS_TYPE, LISTING_CACHE, PublishedFolder
from marquee.services.results import ResultReader, read_plan
from marquee.services.whole_film import Film, at_once, check_film

# Lists the text tracks that an asset's version has by now (`services/list_text.py`).
ListText = Callable[[str, int], None]


def package_asset(
    job_id: str, media_bucket: str, objects: ObjectStore, jobs: JobMarks, list_text: ListText = lambda *_: None
) -> PackageSummary:
    """Prove and publish the job's film; stores the summary for `finish` and returns it.

    Raises OutputMismatch (permanent) when what was encoded is not what was planned.
    """
    jobs.start_task(job_id, "package")
    plan = read_plan(objects, media_bucket, job_id)
    folder = PublishedFolder(objects, media_bucket, plan)
    film = check_film(plan, ResultReader(objects, media_bucket, job_id), folder.sizes())
    # The last publish call may have been lost: here it is proven that all is in.
    jobs.finish_task(job_id, "video")
    jobs.finish_task(job_id, "audio")
    summary = summarize(film, size_bytes=write_film(film, folder))
    objects.put(
        media_bucket,
        keys.package_summary_key(job_id),
        summary.model_dump_json().encode(),
        content_type="application/json",
    )
    # Text that was attached while the playlists still grew is listed now; what comes later lists itself.
    list_text(plan.asset_id, plan.version)
    jobs.mark_playable(job_id)
    jobs.finish_task(job_id, "package")
    _tell_cost(film.dollars, summary.duration_seconds)
    return summary


def _tell_cost(dollars: float, film_seconds: float) -> None:
    measure({FILM_TIME: round(film_seconds, 3), ENCODE_COST: round(dollars, 6)})
    if film_seconds:
        measure({COST_PER_MINUTE: round(dollars / (film_seconds / 60), 6)})


def write_film(film: Film, folder: PublishedFolder) -> int:
    """Write all playlists, `main.m3u8` last; returns the bytes of everything published for playback."""
    written = sum(at_once(lambda text: _write(folder, *text), _texts(film)))
    main = render_multivariant([v for v, _ in film.videos], [a for a, _ in film.audios], growing=False)
    written += _write(folder, keys.MULTIVARIANT_PLAYLIST, main, HLS_TYPE)
    return written + sum(_size(track) for _, track in (*film.videos, *film.audios))


def _write(folder: PublishedFolder, name: str, text: str, content_type: str) -> int:
    lists_tracks = name in {keys.MULTIVARIANT_PLAYLIST, keys.DASH_MANIFEST}
    return folder.write(name, text, content_type, cache_control=LISTING_CACHE if lists_tracks else FINAL_CACHE)


def summarize(film: Film, *, size_bytes: int) -> PackageSummary:
    """What the asset's record says of the film."""
    labels = unique_labels([variant for variant, _ in film.audios])
    best = film.plan.renditions[0]
    return PackageSummary(
        asset_id=film.plan.asset_id,
        version=film.plan.version,
        duration_seconds=float(dash.end_seconds(film.videos[0][1])),
        width=best.width,
        height=best.height,
        renditions=tuple(_rendition(variant, track) for variant, track in film.videos),
        tracks=tuple(
            _track(variant, track, label) for label, (variant, track) in zip(labels, film.audios, strict=True)
        ),
        size_bytes=size_bytes,
    )


def _texts(film: Film) -> list[tuple[str, str, str]]:
    """`(name, text, content type)` of everything but `main.m3u8`."""
    target = hls.target_seconds(film.plan)
    texts = []
    for _, track in (*film.videos, *film.audios):
        playlist = hls.complete_playlist(track.segments, track.timescale, target)
        texts.append((f"{track.name}/{keys.MEDIA_PLAYLIST}", hls.render_media(playlist), HLS_TYPE))
    for _, track in film.videos:
        texts.append((f"{track.name}/{keys.IFRAME_PLAYLIST}", hls.render_iframes(track, target), HLS_TYPE))
    manifest = dash.render_manifest(film.videos, film.audios, segment_seconds=film.plan.segment_seconds)
    return [*texts, (keys.DASH_MANIFEST, manifest, DASH_TYPE)]


def _size(track: EncodedTrack) -> int:
    return track.init_size_bytes + sum(segment.size_bytes for segment in track.segments)


def _rendition(variant: VideoVariant, track: EncodedTrack) -> PublishedRendition:
    return PublishedRendition(
        name=track.name,
        width=variant.rendition.width,
        height=variant.rendition.height,
        codecs=variant.codecs,
        bandwidth=variant.rates.peak,
        average_bandwidth=variant.rates.average,
        frame_rate=round(float(variant.frame_rate), 3),
        frame_count=conformance.frame_count(track),
        duration_seconds=_duration(track),
    )


def _track(variant: AudioVariant, track: EncodedTrack, label: str) -> PublishedTrack:
    return PublishedTrack(
        name=track.name,
        language=variant.track.language,
        label=label,
        channels=variant.track.channels,
        default=variant.track.default,
        codecs=variant.codecs,
        bandwidth=variant.rates.peak,
        duration_seconds=_duration(track),
    )


def _duration(track: EncodedTrack) -> float:
    return sum(segment.duration for segment in track.segments) / track.timescale
