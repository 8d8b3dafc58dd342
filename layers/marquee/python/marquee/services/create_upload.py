"""Open an upload: the transfer in storage, and the documents of the upload, its asset and its job."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import Field

from marquee.domain import ids, keys
from marquee.domain.assets import Asset
from marquee.domain.clock import Clock, utc_now
from marquee.domain.enrichment import EnrichChoices
from marquee.domain.errors import InvalidRequest
from marquee.domain.jobs import new_job
from marquee.domain.measures import UPLOADS_CREATED, measure
from marquee.domain.media import Model
from marquee.domain.playback import Visibility
from marquee.domain.ports import MultipartStore
from marquee.domain.stores import AssetStore, JobStore, UploadStore
from marquee.domain.turns import owner_of
from marquee.domain.uploads import MAX_SIZE_BYTES, Upload, part_size_for
from marquee.domain.work import Cause, current_subject, working_on
from marquee.services.link_movie import LinkMovie
from marquee.services.sign_parts import MAX_URLS, PartUrl, sign

OPEN_FOR = timedelta(days=7)
FIRST_VERSION = 1
DEFAULT_TYPE = "application/octet-stream"

# What a film may be called by browsers and operating systems (`.ts` is a translation to some of them). What
# it is, the probe finds out from its bytes.
_FILM_TYPES = re.compile(r"(video|audio|application)/[\w.+-]+|text/vnd\.trolltech\.linguist", re.ASCII)


class NewUpload(Model):
    """Body of `POST /uploads`. `size` in bytes. `visibility`: who may watch; null: as the environment says, which
    also says whether captions and an analysis are made, unless `captions` and `analysis` do."""

    filename: Annotated[str, Field(min_length=1, max_length=255)]
    size: Annotated[int, Field(strict=True, ge=0)]
    content_type: Annotated[str, Field(min_length=1, max_length=255)] = DEFAULT_TYPE
    title: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    movie_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    visibility: Visibility | None = None
    captions: bool | None = None
    analysis: bool | None = None


class UploadCreated(Model):
    """`parts`: addresses for the first parts, at most 1000, good for an hour; the upload is open until `expires_at`."""

    upload_id: str
    asset_id: str
    job_id: str
    part_size: int
    part_count: int
    parts: tuple[PartUrl, ...]
    expires_at: datetime


@dataclass(frozen=True)
class CreateUpload:
    """`POST /uploads`."""

    uploads: UploadStore
    assets: AssetStore
    jobs: JobStore
    multipart: MultipartStore
    uploads_bucket: str
    link_movie: LinkMovie
    clock: Clock = utc_now

    def __call__(self, new: NewUpload) -> UploadCreated:
        filename = _checked(new)
        movie = None if new.movie_id is None else self.link_movie.require(new.movie_id)
        upload = self._open(new, filename)
        asset = Asset(
            id=upload.asset_id,
            title=new.title or PurePosixPath(filename).stem,
            filename=filename,
            movie_id=new.movie_id,
            visibility=new.visibility,
            job_id=upload.job_id,
            upload_id=upload.id,
            created_at=upload.created_at,
            updated_at=upload.created_at,
        )
        job = new_job(
            upload.job_id,
            asset_id=asset.id,
            upload_id=upload.id,
            version=FIRST_VERSION,
            filename=filename,
            now=upload.created_at,
            choices=EnrichChoices(captions=new.captions, analysis=new.analysis),
            caused_by=Cause.of_this_call(upload.id),
            owner=owner_of(current_subject.get()),
        )
        working_on(**job.log_keys())
        # The upload is first: what is left of a call that dies here goes when the upload expires.
        self.uploads.add(upload)
        self.assets.add(asset)
        self.jobs.add(job)
        if movie is not None:
            self.link_movie(movie, asset.id)
        measure({UPLOADS_CREATED: 1})
        first = range(1, min(upload.part_count, MAX_URLS) + 1)
        return UploadCreated(
            upload_id=upload.id,
            asset_id=asset.id,
            job_id=job.id,
            part_size=upload.part_size,
            part_count=upload.part_count,
            parts=sign(self.multipart, self.uploads_bucket, upload, first),
            expires_at=upload.expires_at,
        )

    def _open(self, new: NewUpload, filename: str) -> Upload:
        now = self.clock()
        upload_id = ids.new_upload_id()
        content_type = new.content_type.lower().partition(";")[0].strip()
        multipart_id = self.multipart.create(self.uploads_bucket, keys.source_key(upload_id), content_type)
        return Upload(
            id=upload_id,
            asset_id=ids.new_asset_id(),
            job_id=ids.new_job_id(),
            filename=filename,
            size_bytes=new.size,
            content_type=content_type,
            part_size=part_size_for(new.size),
            multipart_id=multipart_id,
            created_at=now,
            expires_at=now + OPEN_FOR,
        )


def _checked(new: NewUpload) -> str:
    """The file's bare name; raises `InvalidRequest` with a code for each thing that can be wrong."""
    if new.size == 0:
        raise InvalidRequest("The file is empty.", code="empty_file")
    if new.size > MAX_SIZE_BYTES:
        raise InvalidRequest("The file is larger than 5 TiB.", code="file_too_large")
    if not _FILM_TYPES.fullmatch(new.content_type.lower().partition(";")[0].strip()):
        raise InvalidRequest(f"A file of type {new.content_type!r} is not a film.", code="unsupported_content_type")
    name = PurePosixPath(new.filename.replace("\\", "/")).name.strip()
    if not name or name == ".." or not name.isprintable():
        raise InvalidRequest("The filename is not one.", code="invalid_filename")
    return name
