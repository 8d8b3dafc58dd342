"""Trigger: HTTP, /api/v1/assets/{asset_id}/poster and /api/v1/images. Effect: posters are chosen, and sent in sizes."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Api, files
from marquee.services.choose_poster import PosterChoice
from marquee.services.show_asset import AssetAnswer

from pictures.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle


@api.put(f"{PREFIX}/assets/<asset_id>/poster", middlewares=[admins])
def choose_poster(asset_id: str, body: PosterChoice) -> Response[AssetAnswer]:
    """Choose one of the candidates, or send a picture: as JSON, or as a JPEG, PNG or WebP of at most 4 MiB."""
    return api.ok(wiring.choose_poster.choose(asset_id, body))


@api.delete(f"{PREFIX}/assets/<asset_id>/poster", middlewares=[admins])
def reset_poster(asset_id: str) -> Response[AssetAnswer]:
    """Let the candidate that was measured to be the best stand for the film again."""
    return api.ok(wiring.choose_poster.reset(asset_id))


@api.get(f"{PREFIX}/images/<asset_id>/<version>/<name>", responses=files("image/webp", "image/jpeg"))
def show_image(asset_id: str, version: int, name: str) -> Response[str]:
    """A poster in another size and format, as `poster.sizes` of its asset names it. It never changes."""
    return api.picture(*wiring.show_image(asset_id, version, name))
