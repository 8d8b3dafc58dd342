"""Multipart transfers into S3 (`domain.ports.MultipartStore`)."""

from __future__ import annotations

from collections.abc import Sequence

from botocore.exceptions import ClientError

from marquee.adapters.aws import code_of, configuration, new_session, translated
from marquee.domain.errors import Conflict
from marquee.domain.uploads import Part


class S3Multipart:
    """Multipart transfers. Part addresses are signed for an exact length: another length is a 403."""

    def __init__(self) -> None:
        # Clients send Content-MD5, which S3 checks; with botocore's own checksums the signed address would
        # ask every client for a CRC it may not be able to make.
        config = configuration(signature_version="s3v4", request_checksum_calculation="when_required")
        self._s3 = new_session().client("s3", config=config)

    def create(self, bucket: str, key: str, content_type: str) -> str:
        with translated("Storage"):
            answer = self._s3.create_multipart_upload(Bucket=bucket, Key=key, ContentType=content_type)
        return answer["UploadId"]

    def presign_part(
        self,
        bucket: str,
        key: str,
        multipart_id: str,
        part_number: int,
        *,
        size_bytes: int,
        expires_seconds: int,
    ) -> str:
        return self._s3.generate_presigned_url(
            "upload_part",
            Params={
                "Bucket": bucket,
                "Key": key,
                "UploadId": multipart_id,
                "PartNumber": part_number,
                "ContentLength": size_bytes,
            },
            ExpiresIn=expires_seconds,
        )

    def parts(self, bucket: str, key: str, multipart_id: str) -> Sequence[Part] | None:
        pages = self._s3.get_paginator("list_parts").paginate(Bucket=bucket, Key=key, UploadId=multipart_id)
        with translated("Storage"):
            try:
                return [
                    Part(part_number=item["PartNumber"], etag=item["ETag"], size=item["Size"])
                    for page in pages
                    for item in page.get("Parts", [])
                ]
            except ClientError as error:
                if code_of(error) == "NoSuchUpload":
                    return None
                raise

    def complete(self, bucket: str, key: str, multipart_id: str, parts: Sequence[Part]) -> bool:
        with translated("Storage"):
            try:
                self._s3.complete_multipart_upload(
                    Bucket=bucket,
                    Key=key,
                    UploadId=multipart_id,
                    MultipartUpload={"Parts": [{"PartNumber": part.part_number, "ETag": part.etag} for part in parts]},
                )
            except ClientError as error:
                if code_of(error) == "NoSuchUpload":
                    return False
                if code_of(error) in {"InvalidPart", "InvalidPartOrder", "EntityTooSmall"}:
                    raise Conflict("A part changed while the upload was completed.", code="parts_changed") from error
                raise
        return True

    def abort(self, bucket: str, key: str, multipart_id: str) -> None:
        with translated("Storage"):
            try:
                self._s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=multipart_id)
            except ClientError as error:
                if code_of(error) != "NoSuchUpload":
                    raise
