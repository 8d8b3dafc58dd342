"""What is said in a film is read and supplied."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX
from marquee.services.cancel_job import JobAccepted
from marquee.services.supply_transcript import SuppliedTranscript, TranscriptAnswer

from tracks.api import api
from tracks.wiring import wiring


@api.get(f"{PREFIX}/assets/<asset_id>/transcript", middlewares=[admins])
def show_transcript(asset_id: str) -> Response[TranscriptAnswer]:
    """What is said in the film."""
    return api.ok(wiring.show_transcript(asset_id))


@api.put(f"{PREFIX}/assets/<asset_id>/transcript", middlewares=[admins])
def supply_transcript(asset_id: str, body: SuppliedTranscript) -> Response[JobAccepted]:
    """Say what is said in the film: its captions are made again, of these words at their times."""
    return api.accepted(wiring.supply_transcript(asset_id, body))
