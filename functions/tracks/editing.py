"""Text tracks are brought, edited and taken away."""

from functools import partial

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, IdempotencyKey
from marquee.services.track_answers import NewSidecar, TrackAnswer, TrackEdit

from tracks.api import api
from tracks.wiring import wiring


@api.post(f"{PREFIX}/assets/<asset_id>/tracks", middlewares=[admins])
def add_text_track(asset_id: str, body: NewSidecar, key: IdempotencyKey = None) -> Response[TrackAnswer]:
    """Bring a WebVTT, SubRip or ASS/SSA file. What can be mended in it is mended, and said in `notes`."""
    add = partial(wiring.edit_tracks.add, asset_id)
    return api.created(wiring.replay.once(key, add, body, TrackAnswer))


@api.put(f"{PREFIX}/assets/<asset_id>/tracks/<track_id>", middlewares=[admins])
def edit_text_track(asset_id: str, track_id: str, body: TrackEdit) -> Response[TrackAnswer]:
    """Replace its text by cues or by a file; a file may also be the body itself (`text/vtt`)."""
    edited = wiring.edit_tracks.edit(asset_id, track_id, body, api.if_match)
    return api.ok(edited, tag=str(edited.version))


@api.delete(f"{PREFIX}/assets/<asset_id>/tracks/<track_id>", middlewares=[admins])
def remove_text_track(asset_id: str, track_id: str) -> Response[None]:
    """Take it away, with all its versions."""
    wiring.edit_tracks.remove(asset_id, track_id, api.if_match)
    return api.no_content()
