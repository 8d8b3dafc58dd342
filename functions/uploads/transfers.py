"""A transfer is begun, looked at and given up."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, IdempotencyKey
from marquee.services.create_upload import NewUpload, UploadCreated
from marquee.services.show_upload import UploadAnswer

from uploads.api import api
from uploads.wiring import wiring


@api.post(f"{PREFIX}/uploads", middlewares=[admins])
def create_upload(body: NewUpload, key: IdempotencyKey = None) -> Response[UploadCreated]:
    """Begin a transfer: where to send each part. The same `Idempotency-Key` gives the same upload."""
    return api.created(wiring.replay.once(key, wiring.create_upload, body, UploadCreated))


@api.get(f"{PREFIX}/uploads/<upload_id>", middlewares=[admins])
def show_upload(upload_id: str) -> Response[UploadAnswer]:
    """What has arrived, to go on after a break."""
    return api.ok(wiring.show_upload(upload_id))


@api.delete(f"{PREFIX}/uploads/<upload_id>", middlewares=[admins])
def abort_upload(upload_id: str) -> Response[None]:
    """Give up the transfer, and with it the asset and its job."""
    wiring.abort_upload(upload_id)
    return api.no_content()
