"""Assets are looked at."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Cursor, Limit
from marquee.services.list_assets import AssetsPage
from marquee.services.paging import DEFAULT_LIMIT
from marquee.services.show_analysis import AnalysisAnswer
from marquee.services.show_asset import AssetAnswer

from assets.api import api
from assets.wiring import wiring


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
