"""Join the parts of an upload to its source. The pipeline starts from storage's event, not from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, InvalidRequest, NotFound
from marquee.domain.events import Events
from marquee.domain.media import Model
from marquee.domain.ports import MultipartStore, ObjectStore
from marquee.domain.stores import UploadStore
from marquee.domain.uploads import MAX_PARTS, Part, Upload
from marquee.domain.work import working_on
from marquee.services.close_upload import close_upload


class SentPart(Model):
    """A part as the client sent it; the ETag is storage's answer, with or without quotes."""

    part_number: Annotated[int, Field(ge=1, le=MAX_PARTS)]
    etag: Annotated[str, Field(min_length=1, max_length=100)]


class SentParts(Model):
    """Body of `POST /uploads/{id}/complete`."""

    parts: Annotated[tuple[SentPart, ...], Field(min_length=1, max_length=MAX_PARTS)]


class UploadAccepted(Model):
    """The job that will make the film of it."""

    job_id: str
    asset_id: str
    upload_id: str


@dataclass(frozen=True)
class CompleteUpload:
    """`POST /uploads/{id}/complete`. Until all parts are right nothing changes and the upload stays open."""

    uploads: UploadStore
    multipart: MultipartStore
    objects: ObjectStore
    events: Events
    uploads_bucket: str
    clock: Clock = utc_now

    def __call__(self, upload_id: str, sent: SentParts) -> UploadAccepted:
        upload = self.uploads.get(upload_id)
        if upload is None:
            raise NotFound("There is no such upload.")
        working_on(upload_id=upload.id, asset_id=upload.asset_id, job_id=upload.job_id)
        if upload.status == "aborted":
            raise Conflict("The upload is aborted.", code="upload_aborted")
        if upload.status == "created":
            self._complete(upload, sent)
        return UploadAccepted(job_id=upload.job_id, asset_id=upload.asset_id, upload_id=upload.id)

    def _complete(self, upload: Upload, sent: SentParts) -> None:
        key = keys.source_key(upload.id)
        received = self.multipart.parts(self.uploads_bucket, key, upload.multipart_id)
        if received is not None:
            check_parts(upload, received, _by_number(sent))
        joined = received is not None and self.multipart.complete(
            self.uploads_bucket, key, upload.multipart_id, received
        )
        if not joined:
            self._require_source(upload)
        closed = close_upload(upload.id, self.uploads, self.events, self.clock())
        if closed is None:
            self._lost_to_abort(upload)

    def _require_source(self, upload: Upload) -> None:
        """The transfer is over: fine when an earlier call joined it and its answer was lost."""
        source = self.objects.head(self.uploads_bucket, keys.source_key(upload.id))
        if source is None or source.size_bytes != upload.size_bytes:
            raise Conflict("The transfer is over in storage; start a new upload.", code="upload_gone")

    def _lost_to_abort(self, upload: Upload) -> None:
        now = self.uploads.get(upload.id)
        if now is not None and now.status == "aborted":
            self.objects.delete(self.uploads_bucket, keys.source_key(upload.id))
            raise Conflict("The upload was aborted meanwhile.", code="upload_aborted")


def _by_number(sent: SentParts) -> dict[int, str]:
    etags = {part.part_number: part.etag for part in sent.parts}
    if len(etags) != len(sent.parts):
        raise InvalidRequest("A part is named more than once.", code="part_repeated")
    return etags


def check_parts(upload: Upload, received: Sequence[Part], sent: Mapping[int, str]) -> None:
    """Raises `Conflict` or `InvalidRequest` unless storage has exactly the declared bytes, as sent."""
    by_number = {part.part_number: part for part in received}
    missing = [number for number in range(1, upload.part_count + 1) if number not in by_number]
    if missing:
        raise Conflict(
            f"{len(missing)} of {upload.part_count} parts have not arrived, the first is {missing[0]}.",
            code="parts_missing",
        )
    if beyond := [number for number in sent if number > upload.part_count]:
        raise InvalidRequest(
            f"This upload has {upload.part_count} parts; there is no part {beyond[0]}.", code="no_such_part"
        )
    for number, part in by_number.items():
        if number > upload.part_count or part.size != upload.part_bytes(number):
            raise InvalidRequest(
                f"Part {number} has {part.size} bytes; {upload.size_bytes} bytes were declared in all.",
                code="size_mismatch",
            )
        if sent.get(number, "").strip('"') != part.etag.strip('"'):
            raise InvalidRequest(f"Part {number} is not the one that was sent.", code="etag_mismatch")
