"""A published poster in another size or format: made when it is first asked for, then kept beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.errors import NotFound
from marquee.domain.images import FORMATS, SIZES, ImageAddress
from marquee.domain.ports import ObjectStore
from marquee.media.pictures import resize_picture
from marquee.services.published import FOREVER_CACHE, IMAGE_TYPES

_NAME = re.compile(
    rf"(?P<stem>poster-[0-9a-f]{{16}})-(?P<width>{'|'.join(map(str, SIZES))})\.(?P<format>{'|'.join(FORMATS)})"
)
_ASSET = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class ShowImage:
    """`GET /images/{asset_id}/{version}/{name}`. Posters only: they are shown of films that one may not watch, too."""

    objects: ObjectStore
    media_bucket: str

    def __call__(self, asset_id: str, version: int, name: str) -> tuple[bytes, str]:
        """The picture and its media type. Raises NotFound for a size or picture that there is not."""
        address = _address(asset_id, name)
        key = keys.sized_image_key(asset_id, version, address.name)
        kept = self.objects.get(self.media_bucket, key)
        if kept is not None:
            return kept.body, IMAGE_TYPES[address.format]
        whole = self.objects.get(
            self.media_bucket, f"{keys.media_prefix(asset_id, version)}{keys.IMAGES_FOLDER}{address.stem}.jpg"
        )
        if whole is None:
            raise NotFound("There is no such picture.")
        made, media_type = resize_picture(whole.body, address.width, address.format), IMAGE_TYPES[address.format]
        self.objects.put(self.media_bucket, key, made, content_type=media_type, cache_control=FOREVER_CACHE)
        return made, media_type


def _address(asset_id: str, name: str) -> ImageAddress:
    found = _NAME.fullmatch(name)
    if found is None or not _ASSET.fullmatch(asset_id):
        raise NotFound("There is no such picture.")
    return ImageAddress.model_validate(found.groupdict())
