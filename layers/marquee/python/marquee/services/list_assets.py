"""Assets, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.domain.media import Model
from marquee.domain.stores import AssetStore
from marquee.services.paging import read_page
from marquee.services.show_asset import AssetAnswer, answer_of


class AssetsPage(Model):
    """One page; `next_cursor` is None on the last."""

    items: tuple[AssetAnswer, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class ListAssets:
    """`GET /assets`: those whose source has arrived."""

    assets: AssetStore

    def __call__(self, limit: int, cursor: str | None) -> AssetsPage:
        page, next_cursor = read_page(self.assets.page, limit, cursor)
        return AssetsPage(items=tuple(answer_of(asset) for asset in page), next_cursor=next_cursor)
