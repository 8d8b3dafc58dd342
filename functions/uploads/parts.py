"""Parts are signed, and joined when all are there."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX
from marquee.services.complete_upload import SentParts, UploadAccepted
from marquee.services.sign_parts import PartNumbers, SignedParts

from uploads.api import api
from uploads.wiring import wiring


@api.post(f"{PREFIX}/uploads/<upload_id>/parts", middlewares=[admins])
def sign_parts(upload_id: str, body: PartNumbers) -> Response[SignedParts]:
    """Addresses for more parts, or again for those that have expired."""
    return api.ok(wiring.sign_parts(upload_id, body))


@api.post(f"{PREFIX}/uploads/<upload_id>/complete", middlewares=[admins])
def complete_upload(upload_id: str, body: SentParts) -> Response[UploadAccepted]:
    """All parts are there: join them, and let the film be made."""
    return api.accepted(wiring.complete_upload(upload_id, body))
