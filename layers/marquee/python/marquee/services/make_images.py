"""Make the poster and the storyboard out of the pictures that the shards' decodes left."""

from __future__ import annotations

from marquee.domain import keys
from marquee.domain.media import ImagesSummary, Plan
from marquee.domain.ports import JobMarks, ObjectStore
from marquee.media.pictures import best_picture, compose_sheets
from marquee.media.storyboard import render_storyboard
from marquee.services.published import JPEG_TYPE, VTT_TYPE, PublishedFolder
from marquee.services.results import read_plan
from marquee.services.whole_film import at_once


def make_images(job_id: str, media_bucket: str, objects: ObjectStore, jobs: JobMarks) -> ImagesSummary:
    """Publish `images/…`, store the summary for `finish` and return it. Missing pictures are no error."""
    jobs.start_task(job_id, "images")
    plan = read_plan(objects, media_bucket, job_id)
    pictures = _Pictures(objects, media_bucket, plan)
    folder = PublishedFolder(objects, media_bucket, plan)
    tiles = pictures.tiles()
    has_poster = _write_poster(folder, pictures.candidates() or list(tiles.values()))
    has_storyboard = _write_storyboard(folder, plan, tiles)
    summary = ImagesSummary(
        poster=keys.POSTER if has_poster else None,
        storyboard_vtt=keys.STORYBOARD_VTT if has_storyboard else None,
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
    jobs.finish_task(job_id, "images")
    return summary


class _Pictures:
    """What the shards left of a job's pictures."""

    def __init__(self, objects: ObjectStore, bucket: str, plan: Plan) -> None:
        self._objects = objects
        self._bucket = bucket
        self._plan = plan

    def tiles(self) -> dict[int, bytes]:
        indexes = range(self._plan.storyboard.tile_count)
        found = self._read([keys.tile_key(self._plan.job_id, index) for index in indexes])
        return {index: body for index, body in zip(indexes, found, strict=True) if body}

    def candidates(self) -> list[bytes]:
        shards = [shard.index for shard in self._plan.shards if shard.takes_pictures]
        found = self._read([keys.poster_candidate_key(self._plan.job_id, index) for index in shards])
        return [body for body in found if body]

    def _read(self, names: list[str]) -> list[bytes | None]:
        found = at_once(lambda key: self._objects.get(self._bucket, key), names)
        return [None if stored is None else stored.body for stored in found]


def _write_poster(folder: PublishedFolder, candidates: list[bytes]) -> bool:
    poster = best_picture(candidates)
    if poster is None:
        return False
    folder.write(keys.POSTER, poster, JPEG_TYPE)
    return True


def _write_storyboard(folder: PublishedFolder, plan: Plan, tiles: dict[int, bytes]) -> bool:
    if not tiles or plan.storyboard.tile_count == 0:
        return False
    for number, sheet in enumerate(compose_sheets(tiles, plan.storyboard)):
        folder.write(keys.storyboard_sheet(number), sheet, JPEG_TYPE)
    video = plan.media.video
    end = float(video.end_pts * video.time_base - plan.origin_seconds)
    # The text comes last: it only names sheets that are there.
    folder.write(keys.STORYBOARD_VTT, render_storyboard(plan.storyboard, end), VTT_TYPE)
    return True
