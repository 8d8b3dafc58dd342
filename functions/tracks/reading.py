"""Text tracks are read, and what became of them."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from marquee.entry.access import admins
from marquee.entry.http import PREFIX
from marquee.services.track_answers import EditionsAnswer, TracksAnswer, TrackWithCues

from tracks.api import api
from tracks.wiring import wiring

Edition = Annotated[int | None, Query(ge=1, alias="version", description="Which of its versions; else the latest.")]


@api.get(f"{PREFIX}/assets/<asset_id>/tracks")
def list_text_tracks(asset_id: str) -> Response[TracksAnswer]:
    """The text tracks that viewers may choose."""
    return api.ok(wiring.edit_tracks.list(asset_id))


@api.get(f"{PREFIX}/assets/<asset_id>/tracks/<track_id>", middlewares=[admins])
def show_text_track(asset_id: str, track_id: str, edition: Edition = None) -> Response[TrackWithCues]:
    """A text track with its cues."""
    shown = wiring.edit_tracks.show(asset_id, track_id, edition)
    return api.ok(shown, tag=str(shown.version))


@api.get(f"{PREFIX}/assets/<asset_id>/tracks/<track_id>/versions", middlewares=[admins])
def list_text_track_versions(asset_id: str, track_id: str) -> Response[EditionsAnswer]:
    """Its versions, the latest first."""
    return api.ok(wiring.edit_tracks.editions(asset_id, track_id))
