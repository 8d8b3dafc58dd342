"""Lifecycle rules carried out: expiry of objects and abort of multipart uploads nobody finished."""

import contextlib
from datetime import UTC, datetime, timedelta

from local.s3.configuration import LifecycleRule
from local.s3.errors import S3Error
from local.s3.listing import list_objects
from local.s3.model import ObjectInfo, WriteCondition
from local.s3.multipart import Multiparts
from local.s3.store import S3Store

_PAGE = 1000
_REPLAY_SECONDS = 24 * 3600


def _is_due(since: float, days: int, now: datetime) -> bool:
    """S3 counts whole days and rounds up to the next midnight UTC."""
    moment = datetime.fromtimestamp(since, UTC) + timedelta(days=days)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return now >= (midnight if moment == midnight else midnight + timedelta(days=1))


def apply_lifecycle(store: S3Store, now: datetime) -> tuple[int, int]:
    """Carry out every bucket's rules as of `now` (aware). Returns how many objects expired and uploads were aborted."""
    multiparts = Multiparts(store)
    multiparts.forget_completed(now.timestamp() - _REPLAY_SECONDS)
    expired = aborted = 0
    for bucket, _ in store.buckets():
        for rule in store.bucket(bucket).lifecycle:
            expired += _expire(store, bucket, rule, now)
            aborted += _abort(multiparts, bucket, rule, now)
    return expired, aborted


def _expire(store: S3Store, bucket: str, rule: LifecycleRule, now: datetime) -> int:
    if rule.expiration_days is None:
        return 0
    count, after = 0, ""
    while True:
        listing = list_objects(store.index, bucket, prefix=rule.prefix, delimiter="", after=after, limit=_PAGE)
        for info in listing.entries:
            if isinstance(info, ObjectInfo) and _is_due(info.modified, rule.expiration_days, now):
                count += _expire_one(store, info)
        if not listing.is_truncated or listing.last is None:
            return count
        after = listing.last


def _expire_one(store: S3Store, info: ObjectInfo) -> bool:
    # an object replaced since it was listed has its own age: leave it
    condition = WriteCondition(if_match=info.etag)
    with contextlib.suppress(S3Error):
        return store.delete(info.bucket, info.key, event="LifecycleExpiration:Delete", condition=condition)
    return False


def _abort(multiparts: Multiparts, bucket: str, rule: LifecycleRule, now: datetime) -> int:
    if rule.abort_multipart_days is None:
        return 0
    count = 0
    for upload in multiparts.uploads(bucket):
        if upload.key.startswith(rule.prefix) and _is_due(upload.created, rule.abort_multipart_days, now):
            with contextlib.suppress(S3Error):
                multiparts.abort(bucket, upload.key, upload.upload_id)
                count += 1
    return count
