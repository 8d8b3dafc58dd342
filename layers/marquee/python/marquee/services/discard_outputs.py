"""Remove what a job has published and left, when it will not be finished."""

from __future__ import annotations

from typing import Literal

from marquee.domain import keys
from marquee.domain.jobs import Job
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore

Extent = Literal["everything", "what can be watched"]

_ENCODED = (".m4s", ".mp4")


def discard_outputs(objects: ObjectStore, job: Job, extent: Extent) -> None:
    """`everything`: all of the version, and the workers' reports of it, so that none speaks of what is gone.
    `what can be watched`: playlists and pictures; segments stay, and a retry need not encode them again."""
    if job.media_bucket is None:
        return
    published = keys.media_prefix(job.asset_id, job.version)
    if extent == "everything":
        # Reports first: a report without its segments would be believed by whoever publishes.
        objects.delete_prefix(job.media_bucket, keys.results_prefix(job.id))
        objects.delete_prefix(job.media_bucket, published)
        return
    for head in list(objects.list(job.media_bucket, published)):
        if not head.key.endswith(_ENCODED):
            objects.delete(job.media_bucket, head.key)


def discard_of_deleted(assets: AssetStore, objects: ObjectStore, media_bucket: str, asset_id: str) -> None:
    """For who has just written beside a film that may be deleted meanwhile: nothing of a deleted one stays.

    The deletion looks again when the document is gone (`delete_asset`): one of the two sees what was written."""
    if assets.get(asset_id) is None:
        objects.delete_prefix(media_bucket, keys.asset_prefix(asset_id))
