"""Trigger: HTTP, /api/v1/assets. Effect: assets are read, and deleted with all that was made of them."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Api, Cursor, Limit
from marquee.services.change_asset import AssetChanges
from marquee.services.list_assets import AssetsPage
from marquee.services.paging import DEFAULT_LIMIT
from marquee.services.show_analysis import AnalysisAnswer
from marquee.services.show_asset import AssetAnswer

from assets.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle


@api.get(f"{PREFIX}/assets")
def list_assets(limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response[AssetsPage]:
    """Assets whose source has arrived, newest first."""
    return api.ok(wiring.list_assets(limit, cursor))


@api.get(f"{PREFIX}/assets/<asset_id>")
def show_asset(asset_id: str) -> Response[AssetAnswer]:
    """An asset: where it is watched, and what it consists of."""
    return api.ok(wiring.show_asset(asset_id))


@api.get(f"{PREFIX}/assets/<asset_id>/analysis", middlewares=[admins])
def show_analysis(asset_id: str) -> Response[AnalysisAnswer]:
    """What was seen and heard in the film."""
    return api.ok(wiring.show_analysis(asset_id))


@api.patch(f"{PREFIX}/assets/<asset_id>", middlewares=[admins])
def change_asset(asset_id: str, body: AssetChanges) -> Response[AssetAnswer]:
    """Change who may watch an asset. Sessions that were opened before last until they end."""
    return api.ok(wiring.change_asset(asset_id, body, api.principal.subject))


@api.delete(f"{PREFIX}/assets/<asset_id>", middlewares=[admins])
def delete_asset(asset_id: str) -> Response[None]:
    """Remove an asset, all that was made of it, and its source."""
    wiring.delete_asset(asset_id)
    return api.no_content()
