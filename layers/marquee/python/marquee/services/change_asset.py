"""Change who may watch an asset."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import NotFound
from marquee.domain.media import Model
from marquee.domain.playback import Visibility
from marquee.domain.stores import AssetStore
from marquee.services.show_asset import AssetAnswer, answer_of


class AssetChanges(Model):
    """Body of `PATCH /assets/{id}`. `visibility`: who may watch it; null: as the environment says."""

    visibility: Visibility | None


@dataclass(frozen=True)
class ChangeAsset:
    """`PATCH /assets/{id}`. Sessions that were opened before last until they end."""

    assets: AssetStore
    clock: Clock = utc_now

    def __call__(self, asset_id: str, changes: AssetChanges) -> AssetAnswer:
        changed = self.assets.show_to(asset_id, changes.visibility, self.clock())
        if changed is None:
            raise NotFound("There is no such asset.")
        return answer_of(changed)
