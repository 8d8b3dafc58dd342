"""Sign addresses for the parts of an open upload."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from marquee.domain import keys
from marquee.domain.errors import Conflict, InvalidRequest, NotFound
from marquee.domain.media import Model
from marquee.domain.ports import MultipartStore
from marquee.domain.stores import UploadStore
from marquee.domain.uploads import MAX_PARTS, Upload

URL_SECONDS = 3600
MAX_URLS = 1000


class PartUrl(Model):
    """Where to PUT one part; its body must have exactly `size` bytes."""

    part_number: int
    url: str
    size: int


class PartNumbers(Model):
    """Body of `POST /uploads/{id}/parts`."""

    part_numbers: Annotated[
        tuple[Annotated[int, Field(ge=1, le=MAX_PARTS)], ...], Field(min_length=1, max_length=MAX_URLS)
    ]


class SignedParts(Model):
    """Addresses that work for an hour."""

    parts: tuple[PartUrl, ...]


def open_upload(uploads: UploadStore, upload_id: str) -> Upload:
    """The upload, if parts can still be sent; raises `NotFound` or `Conflict`."""
    upload = uploads.get(upload_id)
    if upload is None:
        raise NotFound("There is no such upload.")
    if upload.status != "created":
        raise Conflict(f"The upload is {upload.status}.", code=f"upload_{upload.status}")
    return upload


def sign(multipart: MultipartStore, bucket: str, upload: Upload, numbers: Iterable[int]) -> tuple[PartUrl, ...]:
    return tuple(
        PartUrl(
            part_number=number,
            size=upload.part_bytes(number),
            url=multipart.presign_part(
                bucket,
                keys.source_key(upload.id),
                upload.multipart_id,
                number,
                size_bytes=upload.part_bytes(number),
                expires_seconds=URL_SECONDS,
            ),
        )
        for number in numbers
    )


@dataclass(frozen=True)
class SignParts:
    """`POST /uploads/{id}/parts`."""

    uploads: UploadStore
    multipart: MultipartStore
    uploads_bucket: str

    def __call__(self, upload_id: str, wanted: PartNumbers) -> SignedParts:
        upload = open_upload(self.uploads, upload_id)
        if max(wanted.part_numbers) > upload.part_count:
            raise InvalidRequest(f"This upload has {upload.part_count} parts.", code="no_such_part")
        return SignedParts(parts=sign(self.multipart, self.uploads_bucket, upload, wanted.part_numbers))
