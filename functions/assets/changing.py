"""Assets are changed and deleted."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX
from marquee.services.change_asset import AssetChanges
from marquee.services.show_asset import AssetAnswer

from assets.api import api
from assets.wiring import wiring


@api.patch(f"{PREFIX}/assets/<asset_id>", middlewares=[admins])
def change_asset(asset_id: str, body: AssetChanges) -> Response[AssetAnswer]:
    """Change who may watch an asset. Sessions that were opened before last until they end."""
    return api.ok(wiring.change_asset(asset_id, body, api.principal.subject))


@api.delete(f"{PREFIX}/assets/<asset_id>", middlewares=[admins])
def delete_asset(asset_id: str) -> Response[None]:
    """Remove an asset, all that was made of it, and its source."""
    wiring.delete_asset(asset_id)
    return api.no_content()
