"""What was seen and heard in an asset's film."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.domain.analysis import Analysis
from marquee.domain.errors import NotFound
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore


class AnalysisAnswer(Analysis):
    """Times are seconds on the player's timeline; boxes are shares of width and height (left, top, width, height).

    Every value says what found it (`source`) and how sure that is (`confidence`, 0 to 1). `missing` names what could
    not be examined, with the reason.
    """

    asset_id: str
    asset_version: int


@dataclass(frozen=True)
class ShowAnalysis:
    """`GET /assets/{id}/analysis`; raises NotFound while there is none."""

    assets: AssetStore
    objects: ObjectStore
    media_bucket: str

    def __call__(self, asset_id: str) -> AnalysisAnswer:
        asset = self.assets.get(asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        pointer = asset.analysis
        stored = None if pointer is None else self.objects.get(self.media_bucket, pointer.key)
        if pointer is None or stored is None:
            raise NotFound("This film has not been analyzed.", code="not_analyzed")
        analysis = Analysis.model_validate_json(stored.body)
        return AnalysisAnswer(**analysis.model_dump(), asset_id=asset.id, asset_version=pointer.asset_version)
