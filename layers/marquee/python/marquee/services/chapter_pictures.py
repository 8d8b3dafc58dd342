"""A picture for each chapter: the storyboard's tile that shows its beginning, published under a name of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence

from marquee.domain import keys
from marquee.domain.analysis import Chapter
from marquee.domain.errors import MarqueeError
from marquee.domain.media import Plan, Storyboard
from marquee.domain.pipeline import Execution
from marquee.domain.ports import ObjectStore
from marquee.services.published import FINAL_CACHE, JPEG_TYPE
from marquee.services.results import read_plan
from marquee.services.whole_film import at_once


def with_pictures(chapters: Sequence[Chapter], execution: Execution, objects: ObjectStore) -> tuple[Chapter, ...]:
    """The chapters with the pictures that they have now; without a picture where there is no tile to be had."""
    if not chapters:
        return ()
    try:
        plan = read_plan(objects, execution.media_bucket, execution.job_id)
    except MarqueeError:
        return tuple(chapters)  # the job's work has expired: chapters are worth having without pictures
    return tuple(at_once(lambda chapter: _with_picture(chapter, plan, execution.media_bucket, objects), chapters))


def tile_of(chapter: Chapter, board: Storyboard) -> int:
    """The first tile within the chapter: one just before its beginning would show the end of another scene. The
    nearest before it where the chapter is shorter than the time between tiles."""
    first = math.ceil(round(chapter.start_seconds / board.interval_seconds, 6))
    within = first < board.tile_count and first * board.interval_seconds < chapter.end_seconds
    return first if within else min(int(chapter.start_seconds / board.interval_seconds), board.tile_count - 1)


def _with_picture(chapter: Chapter, plan: Plan, bucket: str, objects: ObjectStore) -> Chapter:
    tile = tile_of(chapter, plan.storyboard)
    stored = objects.get(bucket, keys.tile_key(plan.job_id, tile))
    if stored is None:
        return chapter
    name = keys.chapter_image_name(tile)
    key = keys.media_prefix(plan.asset_id, plan.version) + name
    objects.put(bucket, key, stored.body, content_type=JPEG_TYPE, cache_control=FINAL_CACHE)
    return chapter.model_copy(update={"image": name})
