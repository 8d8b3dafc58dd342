"""Multipart transfers into S3 (`domain.ports.MultipartStore`)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from marquee.adapters.aws import ServiceError
from marquee.adapters.s3 import S3Requests, pages, parsed
from marquee.domain.errors import Conflict
from marquee.domain.uploads import Part

_OVER = "NoSuchUpload"
_PARTS_CHANGED = frozenset({"InvalidPart", "InvalidPartOrder", "EntityTooSmall"})


class S3Multipart:
    """Multipart transfers. Part addresses are signed for an exact length: another length is a 403.

    Clients send Content-MD5 with a part, which S3 checks; nothing else is asked of them.
    """

    def __init__(self) -> None:
        self._s3 = S3Requests()

    def create(self, bucket: str, key: str, content_type: str) -> str:
        answer = self._s3.send("POST", bucket, key, query={"uploads": ""}, headers={"Content-Type": content_type})
        return parsed(answer.data).findtext("UploadId", "")

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
        return self._s3.presign(
            "PUT",
            bucket,
            key,
            expires_seconds=expires_seconds,
            query={"partNumber": str(part_number), "uploadId": multipart_id},
            headers={"Content-Length": str(size_bytes)},
        )

    def parts(self, bucket: str, key: str, multipart_id: str) -> Sequence[Part] | None:
        query, cursors = {"uploadId": multipart_id}, {"NextPartNumberMarker": "part-number-marker"}
        try:
            return [
                Part(
                    part_number=int(item.findtext("PartNumber", "0")),
                    etag=item.findtext("ETag", ""),
                    size=int(item.findtext("Size", "0")),
                )
                for page in pages(self._s3, bucket, key, query, cursors)
                for item in page.iter("Part")
            ]
        except ServiceError as error:
            if error.code == _OVER:
                return None
            raise

    def complete(self, bucket: str, key: str, multipart_id: str, parts: Sequence[Part]) -> bool:
        try:
            answer = self._s3.send("POST", bucket, key, query={"uploadId": multipart_id}, body=_document(parts))
            failure = self._s3.failed_late(answer)
            if failure is not None:
                raise failure
        except ServiceError as error:
            if error.code == _OVER:
                return False
            if error.code in _PARTS_CHANGED:
                raise Conflict("A part changed while the upload was completed.", code="parts_changed") from error
            raise
        return True

    def abort(self, bucket: str, key: str, multipart_id: str) -> None:
        try:
            self._s3.send("DELETE", bucket, key, query={"uploadId": multipart_id})
        except ServiceError as error:
            if error.code != _OVER:
                raise


def _document(parts: Sequence[Part]) -> bytes:
    root = ElementTree.Element("CompleteMultipartUpload", xmlns="http://s3.amazonaws.com/doc/2006-03-01/")
    for part in parts:
        element = ElementTree.SubElement(root, "Part")
        ElementTree.SubElement(element, "PartNumber").text = str(part.part_number)
        ElementTree.SubElement(element, "ETag").text = part.etag
    return ElementTree.tostring(root)
