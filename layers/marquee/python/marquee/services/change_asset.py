"""Change who may watch an asset: as a rule, and after a look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from pydantic import model_validator

from marquee.domain.assets import Asset
from marquee.domain.clock import Clock, utc_now
from marquee.domain.enrichment import ModerationHold
from marquee.domain.errors import Conflict, NotFound
from marquee.domain.media import Model
from marquee.domain.playback import Visibility
from marquee.domain.stores import AssetStore, JobStore
from marquee.services.release_asset import ReleaseAsset
from marquee.services.show_asset import AssetAnswer, answer_of


class AssetChanges(Model):
    """Body of `PATCH /assets/{id}`; what is left out stays. `visibility`: who may watch it; null: as the environment
    says. `moderation`: whether its current version may be watched at all, whatever was found in it."""

    visibility: Visibility | None = None
    moderation: Literal["released", "blocked"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set & {"visibility", "moderation"}:
            raise ValueError("there is nothing to change")
        return self


@dataclass(frozen=True)
class ChangeAsset:
    """`PATCH /assets/{id}`. Sessions that were opened before last until they end."""

    assets: AssetStore
    jobs: JobStore
    release: ReleaseAsset
    clock: Clock = utc_now

    def __call__(self, asset_id: str, changes: AssetChanges, by: str | None = None) -> AssetAnswer:
        asset = self.assets.get(asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        if changes.moderation is not None:
            asset = self._moderate(asset, changes.moderation, by)
        if "visibility" in changes.model_fields_set:
            asset = self.assets.show_to(asset_id, changes.visibility, self.clock()) or asset
        return answer_of(asset)

    def _moderate(self, asset: Asset, state: Literal["released", "blocked"], by: str | None) -> Asset:
        version = asset.current_version
        if version is None:
            raise Conflict("There is nothing to decide of this asset yet.", code="not_playable")
        said = asset.moderation if asset.moderation and asset.moderation.asset_version == version else None
        decided = ModerationHold(
            asset_version=version,
            state=state,
            verdict="not_examined" if said is None else said.verdict,
            reasons=() if said is None else said.reasons,
            decided_by=by or "administrator",
            decided_at=self.clock(),
        )
        changed = self.assets.moderate(asset.id, decided, self.clock(), instead_of=said.state if said else None)
        if changed is None:
            raise Conflict("Somebody else has just decided; look at it again.", code="contended")
        job = self.jobs.get(asset.job_id)
        if state == "released" and job is not None and job.status == "completed":
            # It is ready only now, and whoever waits for it is told.
            self.release.release(job)
        return changed
