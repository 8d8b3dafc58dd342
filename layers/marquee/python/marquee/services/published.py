"""The published folder of one asset version: playlists and pictures, with their types and cache rules."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Mapping

from marquee.domain import keys
from marquee.domain.errors import TransientError
from marquee.domain.images import ImageFormat
from marquee.domain.media import Plan
from marquee.domain.ports import ObjectStore, PreconditionFailed, StoredObject

HLS_TYPE = "application/vnd.apple.mpegurl"
DASH_TYPE = "application/dash+xml"
VTT_TYPE = "text/vtt; charset=utf-8"
JPEG_TYPE = "image/jpeg"
WEBP_TYPE = "image/webp"
SRT_TYPE = "application/x-subrip; charset=utf-8"
JSON_TYPE = "application/json"
IMAGE_TYPES: Mapping[ImageFormat, str] = {"webp": WEBP_TYPE, "jpg": JPEG_TYPE}

# A growing playlist may be a second old; a final one only changes when the same version is packaged again.
GROWING_CACHE = "public, max-age=1"
FINAL_CACHE = "public, max-age=3600"
# Captions come to a whole film later and are edited: what lists them is looked at again soon.
LISTING_CACHE = "public, max-age=60"
# Under a name that holds a digest of the content, or of something that never changes.
FOREVER_CACHE = "public, max-age=31536000, immutable"

# Every lost write means that another one got through, so a film with N shards needs at most N turns.
MAX_TURNS = 24
MAX_PAUSE_SECONDS = 1.0

Pause = Callable[[float], None]


def digest_of(content: bytes) -> str:
    """For a name under which never anything else is found."""
    return hashlib.sha256(content).hexdigest()[:16]


class PublishedFolder:
    """Objects under `media/{asset_id}/{version}/`; names are relative to it."""

    def __init__(self, objects: ObjectStore, bucket: str, plan: Plan, *, pause: Pause = time.sleep) -> None:
        self._objects = objects
        self._bucket = bucket
        self._prefix = keys.media_prefix(plan.asset_id, plan.version)
        self._pause = pause

    def read(self, name: str) -> StoredObject | None:
        return self._objects.get(self._bucket, self._prefix + name)

    def sizes(self) -> dict[str, int]:
        """Bytes of every object there."""
        found = self._objects.list(self._bucket, self._prefix)
        return {head.key.removeprefix(self._prefix): head.size_bytes for head in found}

    def write(self, name: str, body: bytes | str, content_type: str, *, cache_control: str = FINAL_CACHE) -> int:
        """Write a final object over whatever is there; returns its size in bytes."""
        data = body.encode() if isinstance(body, str) else body
        key = self._prefix + name
        self._objects.put(self._bucket, key, data, content_type=content_type, cache_control=cache_control)
        return len(data)

    def revise(self, name: str, change: Callable[[str | None], str | None]) -> None:
        """Replace a growing playlist by `change(text there, or None)`, as one step among many writers.

        `change` is asked again, with the new text, when another writer came between; None leaves it.
        Raises TransientError when others always come first.
        """
        revise(
            self._objects,
            self._bucket,
            self._prefix + name,
            change,
            content_type=HLS_TYPE,
            cache_control=GROWING_CACHE,
            pause=self._pause,
        )


def revise(
    objects: ObjectStore,
    bucket: str,
    key: str,
    change: Callable[[str | None], str | None],
    *,
    content_type: str,
    cache_control: str,
    pause: Pause = time.sleep,
) -> None:
    """Replace a text by `change(text there, or None)`, as one step among many writers.

    `change` is asked again, with the new text, when another writer came between; None leaves it.
    Raises TransientError when others always come first.
    """
    for turn in range(MAX_TURNS):
        stored = objects.get(bucket, key)
        text = change(None if stored is None else stored.body.decode())
        if text is None:
            return
        try:
            objects.put(
                bucket,
                key,
                text.encode(),
                content_type=content_type,
                cache_control=cache_control,
                if_match=None if stored is None else stored.etag,
                if_none_match=stored is None,
            )
        except PreconditionFailed:
            pause(random.uniform(0, min(MAX_PAUSE_SECONDS, 0.01 * 2**turn)))  # noqa: S311 - jitter
        else:
            return
    raise TransientError(f"{key} is being written by too many at once")
