"""Make posters, storyboard and a moving preview out of the pictures that the shards' decodes left."""

from __future__ import annotations

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.images import CANDIDATES, ImagesSummary, PosterCandidate
from marquee.domain.media import Plan
from marquee.domain.ports import JobMarks, ObjectStore
from marquee.domain.stores import AssetStore
from marquee.media.pictures import compose_sheets
from marquee.media.posters import Faces, Judged, choose, judge
from marquee.media.preview import compose_preview
from marquee.media.storyboard import render_storyboard, storyboard_document
from marquee.services.discard_outputs import discard_of_deleted
from marquee.services.left_pictures import LeftPictures, Taken
from marquee.services.published import (
    FOREVER_CACHE,
    JPEG_TYPE,
    JSON_TYPE,
    VTT_TYPE,
    WEBP_TYPE,
    PublishedFolder,
    digest_of,
)
from marquee.services.results import read_plan


def make_images(
    job_id: str,
    media_bucket: str,
    objects: ObjectStore,
    jobs: JobMarks,
    assets: AssetStore,
    find_faces: Faces | None = None,
    *,
    clock: Clock = utc_now,
) -> ImagesSummary:
    """Publish `images/…`, store the summary for `release` and return it; a film that is released already gets its
    pictures here. Missing pictures are no error."""
    jobs.start_task(job_id, "images")
    plan = read_plan(objects, media_bucket, job_id)
    pictures = LeftPictures(objects, media_bucket, plan)
    folder = PublishedFolder(objects, media_bucket, plan)
    tiles = pictures.tiles()
    candidates = _write_posters(folder, pictures.posters() or pictures.as_posters(tiles), find_faces)
    has_storyboard = _write_storyboard(folder, plan, tiles)
    summary = ImagesSummary(
        poster=candidates[0].name if candidates else None,
        candidates=candidates,
        preview=_write_preview(folder, tiles),
        storyboard_vtt=keys.STORYBOARD_VTT if has_storyboard else None,
        storyboard_json=keys.STORYBOARD_JSON if has_storyboard else None,
        interval_seconds=plan.storyboard.interval_seconds,
        tile_count=plan.storyboard.tile_count if has_storyboard else 0,
        filled_tiles=plan.storyboard.tile_count - len(tiles) if has_storyboard else 0,
    )
    objects.put(
        media_bucket,
        keys.images_summary_key(job_id),
        summary.model_dump_json().encode(),
        content_type="application/json",
    )
    assets.note_images(plan.asset_id, plan.version, summary, clock())
    discard_of_deleted(assets, objects, media_bucket, plan.asset_id)
    jobs.finish_task(job_id, "images")
    return summary


def _write_posters(
    folder: PublishedFolder, taken: list[Taken], find_faces: Faces | None
) -> tuple[PosterCandidate, ...]:
    judged = [judge(picture.jpeg, picture.at_seconds, find_faces) for picture in taken]
    chosen = choose([one for one in judged if one is not None], CANDIDATES)
    return tuple(_write_candidate(folder, one) for one in chosen)


def _write_candidate(folder: PublishedFolder, judged: Judged) -> PosterCandidate:
    name = keys.poster_name(digest_of(judged.jpeg))
    folder.write(name, judged.jpeg, JPEG_TYPE, cache_control=FOREVER_CACHE)
    return PosterCandidate(
        name=name,
        at_seconds=judged.at_seconds,
        width=judged.size[0],
        height=judged.size[1],
        score=round(judged.score, 4),
        sharpness=round(judged.sharpness, 4),
        exposure=round(judged.exposure, 4),
        contrast=round(judged.contrast, 4),
        faces=judged.faces,
    )


def _write_preview(folder: PublishedFolder, tiles: dict[int, bytes]) -> str | None:
    moving = compose_preview([tiles[index] for index in sorted(tiles)])
    if moving is None:
        return None
    name = keys.preview_name(digest_of(moving))
    folder.write(name, moving, WEBP_TYPE, cache_control=FOREVER_CACHE)
    return name


def _write_storyboard(folder: PublishedFolder, plan: Plan, tiles: dict[int, bytes]) -> bool:
    if not tiles or plan.storyboard.tile_count == 0:
        return False
    for number, sheet in enumerate(compose_sheets(tiles, plan.storyboard)):
        folder.write(keys.storyboard_sheet(number), sheet, JPEG_TYPE)
    video = plan.media.video
    end = float(video.end_pts * video.time_base - plan.origin_seconds)
    # The texts come last: they only name sheets that are there.
    folder.write(keys.STORYBOARD_VTT, render_storyboard(plan.storyboard, end), VTT_TYPE)
    folder.write(keys.STORYBOARD_JSON, storyboard_document(plan.storyboard, end).model_dump_json(), JSON_TYPE)
    return True
