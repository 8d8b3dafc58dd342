"""Say which picture stands for a film: one of the candidates, a picture of one's own, or again the measured one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import Base64Bytes, Field, model_validator

from marquee.domain import keys
from marquee.domain.assets import Asset
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import InvalidRequest, NotFound
from marquee.domain.images import CANDIDATES, OF_NO_VERSION, ChosenPoster, PosterSource
from marquee.domain.model import Model
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore
from marquee.media.reencode import Reencoded
from marquee.services.published import FOREVER_CACHE, JPEG_TYPE, digest_of
from marquee.services.show_asset import AssetAnswer, answer_of

# Bytes of a picture in, the same picture as our own encoder writes it out. Raises InvalidMedia.
Reencode = Callable[[bytes], Reencoded]


class PosterChoice(Model):
    """Body of `PUT /assets/{id}/poster`: either. `candidate` counts `poster.candidates` from 0; `picture` is a JPEG,
    PNG or WebP file in Base64. The file may also be the body itself, with its own Content-Type."""

    candidate: int | None = Field(default=None, ge=0, lt=CANDIDATES)
    picture: Base64Bytes | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> PosterChoice:
        if (self.candidate is None) == (self.picture is None):
            raise ValueError("name a candidate or send a picture")
        return self


@dataclass(frozen=True)
class ChoosePoster:
    """`PUT` and `DELETE /assets/{id}/poster`. Both raise NotFound for an asset that is not there."""

    assets: AssetStore
    objects: ObjectStore
    media_bucket: str
    reencode: Reencode
    clock: Clock = utc_now

    def choose(self, asset_id: str, choice: PosterChoice) -> AssetAnswer:
        """Raises InvalidRequest for a candidate that there is not, InvalidMedia for what is no picture."""
        asset = _found(self.assets.get(asset_id))
        if choice.picture is not None:
            return self._set(asset, self.reencode(choice.picture), "uploaded")
        return self._set(asset, self._candidate(asset, choice.candidate or 0), "candidate")

    def reset(self, asset_id: str) -> AssetAnswer:
        """The one that was measured to be the best stands for the film again."""
        return answer_of(_found(self.assets.choose_poster(asset_id, None, self.clock())))

    def _candidate(self, asset: Asset, number: int) -> Reencoded:
        images = asset.images
        if images is None or asset.current_version is None or number >= len(images.candidates):
            raise InvalidRequest("There is no such candidate.", code="no_such_candidate")
        candidate = images.candidates[number]
        key = keys.media_prefix(asset.id, asset.current_version) + candidate.name
        stored = self.objects.get(self.media_bucket, key)
        if stored is None:
            raise NotFound("The candidate's picture is gone.")
        return Reencoded(stored.body, candidate.width, candidate.height)

    def _set(self, asset: Asset, picture: Reencoded, source: PosterSource) -> AssetAnswer:
        # A copy: what was chosen stays when the version that it came from goes.
        name = keys.poster_name(digest_of(picture.jpeg))
        self.objects.put(
            self.media_bucket,
            keys.media_prefix(asset.id, OF_NO_VERSION) + name,
            picture.jpeg,
            content_type=JPEG_TYPE,
            cache_control=FOREVER_CACHE,
        )
        now = self.clock()
        poster = ChosenPoster(name=name, width=picture.width, height=picture.height, source=source, chosen_at=now)
        return answer_of(_found(self.assets.choose_poster(asset.id, poster, now)))


def _found(asset: Asset | None) -> Asset:
    if asset is None:
        raise NotFound("There is no such asset.")
    return asset
