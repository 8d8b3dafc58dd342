"""Trigger: HTTP, /api/v1/assets/{asset_id}/tracks and …/transcript. Effect: text is read, brought, edited, removed."""

from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Api, IdempotencyKey
from marquee.services.cancel_job import JobAccepted
from marquee.services.supply_transcript import SuppliedTranscript, TranscriptAnswer
from marquee.services.track_answers import (
    EditionsAnswer,
    NewSidecar,
    TrackAnswer,
    TrackEdit,
    TracksAnswer,
    TrackWithCues,
)

from tracks.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle

Edition = Annotated[int | None, Query(ge=1, alias="version", description="Which of its versions; else the latest.")]


@api.get(f"{PREFIX}/assets/<asset_id>/tracks")
def list_text_tracks(asset_id: str) -> Response[TracksAnswer]:
    """The text tracks that viewers may choose."""
    return api.ok(wiring.edit_tracks.list(asset_id))


@api.post(f"{PREFIX}/assets/<asset_id>/tracks", middlewares=[admins])
def add_text_track(asset_id: str, body: NewSidecar, key: IdempotencyKey = None) -> Response[TrackAnswer]:
    """Bring a WebVTT, SubRip or ASS/SSA file. What can be mended in it is mended, and said in `notes`."""
    add = partial(wiring.edit_tracks.add, asset_id)
    return api.created(wiring.replay.once(key, add, body, TrackAnswer))


@api.get(f"{PREFIX}/assets/<asset_id>/tracks/<track_id>", middlewares=[admins])
def show_text_track(asset_id: str, track_id: str, edition: Edition = None) -> Response[TrackWithCues]:
    """A text track with its cues."""
    shown = wiring.edit_tracks.show(asset_id, track_id, edition)
    return api.ok(shown, tag=str(shown.version))


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


@api.get(f"{PREFIX}/assets/<asset_id>/tracks/<track_id>/versions", middlewares=[admins])
def list_text_track_versions(asset_id: str, track_id: str) -> Response[EditionsAnswer]:
    """Its versions, the latest first."""
    return api.ok(wiring.edit_tracks.editions(asset_id, track_id))


@api.get(f"{PREFIX}/assets/<asset_id>/transcript", middlewares=[admins])
def show_transcript(asset_id: str) -> Response[TranscriptAnswer]:
    """What is said in the film."""
    return api.ok(wiring.show_transcript(asset_id))


@api.put(f"{PREFIX}/assets/<asset_id>/transcript", middlewares=[admins])
def supply_transcript(asset_id: str, body: SuppliedTranscript) -> Response[JobAccepted]:
    """Say what is said in the film: its captions are made again, of these words at their times."""
    return api.accepted(wiring.supply_transcript(asset_id, body))
