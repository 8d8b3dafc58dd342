"""Trigger: HTTP, /api/v1/uploads. Effect: films are transferred into storage, in signed parts."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Api
from marquee.services.complete_upload import SentParts, UploadAccepted
from marquee.services.create_upload import NewUpload, UploadCreated
from marquee.services.show_upload import UploadAnswer
from marquee.services.sign_parts import PartNumbers, SignedParts

from uploads.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key")]


@api.post(f"{PREFIX}/uploads", middlewares=[admins])
def create_upload(body: NewUpload, key: IdempotencyKey = None) -> Response[UploadCreated]:
    """Begin a transfer: where to send each part. The same `Idempotency-Key` gives the same upload."""
    return api.created(wiring.replay.once(key, wiring.create_upload, body, UploadCreated))


@api.post(f"{PREFIX}/uploads/<upload_id>/parts", middlewares=[admins])
def sign_parts(upload_id: str, body: PartNumbers) -> Response[SignedParts]:
    """Addresses for more parts, or again for those that have expired."""
    return api.ok(wiring.sign_parts(upload_id, body))


@api.get(f"{PREFIX}/uploads/<upload_id>", middlewares=[admins])
def show_upload(upload_id: str) -> Response[UploadAnswer]:
    """What has arrived, to go on after a break."""
    return api.ok(wiring.show_upload(upload_id))


@api.post(f"{PREFIX}/uploads/<upload_id>/complete", middlewares=[admins])
def complete_upload(upload_id: str, body: SentParts) -> Response[UploadAccepted]:
    """All parts are there: join them, and let the film be made."""
    return api.accepted(wiring.complete_upload(upload_id, body))


@api.delete(f"{PREFIX}/uploads/<upload_id>", middlewares=[admins])
def abort_upload(upload_id: str) -> Response[None]:
    """Give up the transfer, and with it the asset and its job."""
    wiring.abort_upload(upload_id)
    return api.no_content()
