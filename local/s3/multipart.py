"""Uploads in parts.

Completing one names the parts' files as the object's pieces: nothing is copied, whatever its size.
"""

import base64
import binascii
import hashlib
import json
import sqlite3
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise

from local.s3.checksums import ALGORITHMS, combined, composite, default_type
from local.s3.errors import S3Error
from local.s3.index import add_pieces, drop_pieces, read_pieces
from local.s3.model import ANY, Attributes, ObjectInfo, Piece, WriteCondition
from local.s3.store import S3Store

MAX_PART_NUMBER = 10_000
MIN_PART_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """`algorithm` is the checksum the client chose at creation, None when it chose none."""

    upload_id: str
    bucket: str
    key: str
    created: float
    attributes: Attributes
    algorithm: str | None
    is_complete: bool


@dataclass(frozen=True)
class Part:
    number: int
    part_id: str
    size: int
    etag: str
    modified: float
    checksums: Mapping[str, str]


@dataclass(frozen=True)
class ClaimedPart:
    """A part as the client lists it when completing."""

    number: int
    etag: str
    checksums: Mapping[str, str]


@dataclass(frozen=True)
class WholeClaim:
    """What the client says, when completing, of the object to come."""

    size: int | None = None
    checksums: Mapping[str, str] = field(default_factory=dict)

    def check(self, attributes: Attributes) -> None:
        """Raises InvalidRequest for another size, BadDigest for another checksum."""
        if self.size is not None and self.size != sum(attributes.part_sizes):
            raise S3Error(
                "InvalidRequest", "The provided 'x-amz-mp-object-size' header does not match what was computed"
            )
        for algorithm, value in self.checksums.items():
            if attributes.checksums.get(algorithm) != value:
                raise S3Error("BadDigest", f"The {algorithm} you specified did not match the calculated checksum.")


NO_CLAIM = WholeClaim()


def _upload_of(row: sqlite3.Row) -> Upload:
    values = json.loads(row["attributes"])
    algorithm = values.pop("algorithm")
    attributes = Attributes.from_json(json.dumps(values))
    key = row["key"].decode("utf-8")
    complete = row["completed"] is not None
    return Upload(row["upload_id"], row["bucket"], key, row["created"], attributes, algorithm, complete)


def _part_of(row: sqlite3.Row) -> Part:
    checksums = json.loads(row["checksums"])
    return Part(row["number"], row["part_id"], row["size"], row["etag"], row["modified"], checksums)


class Multiparts:
    """The uploads in parts of one store. Plain calls, safe from any thread."""

    def __init__(self, store: S3Store) -> None:
        self._store = store
        self._index = store.index

    def create(self, bucket: str, key: str, attributes: Attributes, algorithm: str | None) -> str:
        upload_id = base64.urlsafe_b64encode(uuid.uuid4().bytes + uuid.uuid4().bytes).decode().rstrip("=")
        stored = json.dumps({**asdict(attributes), "algorithm": algorithm})
        with self._index.write() as db:
            self._store.bucket(bucket)
            db.execute(
                "INSERT INTO uploads (upload_id, bucket, key, created, attributes) VALUES (?, ?, ?, ?, ?)",
                (upload_id, bucket, key.encode(), time.time(), stored),
            )
        return upload_id

    def get(self, bucket: str, key: str, upload_id: str) -> Upload:
        """An upload that still takes parts; raises NoSuchUpload."""
        with self._index.read() as db:
            upload = self._find(db, bucket, key, upload_id)
        if upload.is_complete:
            raise S3Error("NoSuchUpload", UploadId=upload_id)
        return upload

    def _find(self, db: sqlite3.Connection, bucket: str, key: str, upload_id: str) -> Upload:
        row = db.execute("SELECT * FROM uploads WHERE upload_id = ?", (upload_id,)).fetchone()
        if row is None or row["bucket"] != bucket or row["key"] != key.encode():
            raise S3Error("NoSuchUpload", UploadId=upload_id)
        return _upload_of(row)

    def add_part(self, upload: Upload, number: int, piece: Piece, etag: str, checksums: Mapping[str, str]) -> Part:
        """Keep a durable blob as part `number`; a part sent before under this number is replaced."""
        part = Part(number, uuid.uuid4().hex, piece[1], etag, time.time(), checksums)
        with self._index.write() as db:
            if self._find(db, upload.bucket, upload.key, upload.upload_id).is_complete:
                raise S3Error("NoSuchUpload", UploadId=upload.upload_id)
            where = (upload.upload_id, number)
            old = db.execute("SELECT part_id FROM parts WHERE upload_id = ? AND number = ?", where).fetchone()
            unnamed = [] if old is None else drop_pieces(db, old["part_id"])
            values = (*where, part.part_id, part.size, etag, part.modified, json.dumps(checksums))
            db.execute("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            add_pieces(db, part.part_id, [piece])
        self._store.blobs.discard(unnamed)
        return part

    def parts(self, upload: Upload, after: int = 0, limit: int = MAX_PART_NUMBER) -> list[Part]:
        query = "SELECT * FROM parts WHERE upload_id = ? AND number > ? ORDER BY number LIMIT ?"
        with self._index.read() as db:
            return [_part_of(row) for row in db.execute(query, (upload.upload_id, after, limit))]

    def uploads(self, bucket: str) -> list[Upload]:
        """Unfinished uploads by key, then by age."""
        query = "SELECT * FROM uploads WHERE bucket = ? AND completed IS NULL ORDER BY key, created"
        with self._index.read() as db:
            return [_upload_of(row) for row in db.execute(query, (bucket,))]

    def abort(self, bucket: str, key: str, upload_id: str) -> None:
        with self._index.write() as db:
            upload = self._find(db, bucket, key, upload_id)
            if upload.is_complete:
                raise S3Error("NoSuchUpload", UploadId=upload_id)
            unnamed = self._drop_parts(db, upload_id)
            db.execute("DELETE FROM uploads WHERE upload_id = ?", (upload_id,))
        self._store.blobs.discard(unnamed)

    def complete(
        self,
        bucket: str,
        key: str,
        upload_id: str,
        claimed: Sequence[ClaimedPart],
        *,
        condition: WriteCondition = ANY,
        whole: WholeClaim = NO_CLAIM,
    ) -> ObjectInfo:
        """The object of these parts. The same call again gives the same answer and no second event."""
        request = json.dumps([[part.number, part.etag] for part in claimed])
        with self._index.read() as db:
            upload = self._find(db, bucket, key, upload_id)
        if upload.is_complete:
            return self._replay(upload, request)
        parts = self._match(upload, claimed)
        with self._index.read() as db:
            pieces = [piece for part in parts for piece in read_pieces(db, part.part_id)]
        etag = _multipart_etag(parts)
        attributes = _whole_attributes(upload, parts)
        whole.check(attributes)

        def consume(db: sqlite3.Connection) -> list[str]:
            if self._find(db, bucket, key, upload_id).is_complete or not _unchanged(db, upload_id, parts):
                raise _Overtaken
            unnamed = self._drop_parts(db, upload_id)
            db.execute(
                "UPDATE uploads SET completed = ?, completed_request = ?, completed_answer = ? WHERE upload_id = ?",
                (time.time(), request, json.dumps({"etag": etag, **asdict(attributes)}), upload_id),
            )
            return unnamed

        event = "ObjectCreated:CompleteMultipartUpload"
        try:
            return self._store.put(
                bucket, key, pieces, etag, attributes, event=event, condition=condition, also=consume
            )
        except _Overtaken:
            return self.complete(bucket, key, upload_id, claimed, condition=condition, whole=whole)

    def _replay(self, upload: Upload, request: str) -> ObjectInfo:
        query = "SELECT completed_request, completed_answer, completed FROM uploads WHERE upload_id = ?"
        with self._index.read() as db:
            row = db.execute(query, (upload.upload_id,)).fetchone()
        if row is None or row["completed_request"] != request:
            raise S3Error("NoSuchUpload", UploadId=upload.upload_id)
        answer = json.loads(row["completed_answer"])
        etag = answer.pop("etag")
        attributes = Attributes.from_json(json.dumps(answer))
        size = sum(attributes.part_sizes)
        return ObjectInfo(upload.bucket, upload.key, "", size, etag, row["completed"], attributes)

    def _match(self, upload: Upload, claimed: Sequence[ClaimedPart]) -> list[Part]:
        if any(left.number >= right.number for left, right in pairwise(claimed)):
            raise S3Error("InvalidPartOrder", UploadId=upload.upload_id)
        stored = {part.number: part for part in self.parts(upload)}
        matched = [_match_one(upload, part, stored.get(part.number)) for part in claimed]
        for part in matched[:-1]:
            if part.size < MIN_PART_BYTES:
                details = {"ProposedSize": str(part.size), "MinSizeAllowed": str(MIN_PART_BYTES)}
                raise S3Error("EntityTooSmall", PartNumber=str(part.number), ETag=part.etag, **details)
        return matched

    def _drop_parts(self, db: sqlite3.Connection, upload_id: str) -> list[str]:
        rows = db.execute("SELECT part_id FROM parts WHERE upload_id = ?", (upload_id,)).fetchall()
        unnamed = [blob for row in rows for blob in drop_pieces(db, row["part_id"])]
        db.execute("DELETE FROM parts WHERE upload_id = ?", (upload_id,))
        return unnamed

    def forget_completed(self, before: float) -> None:
        """End the time in which a completed upload may be completed again with the same answer."""
        with self._index.write() as db:
            db.execute("DELETE FROM uploads WHERE completed < ?", (before,))


class _Overtaken(Exception):
    """Another call changed the upload between reading its parts and the commit."""


def _unchanged(db: sqlite3.Connection, upload_id: str, parts: Sequence[Part]) -> bool:
    rows = db.execute("SELECT number, part_id FROM parts WHERE upload_id = ?", (upload_id,))
    stored = {row["number"]: row["part_id"] for row in rows}
    return all(stored.get(part.number) == part.part_id for part in parts)


def _match_one(upload: Upload, claimed: ClaimedPart, stored: Part | None) -> Part:
    details = {"UploadId": upload.upload_id, "PartNumber": str(claimed.number), "ETag": claimed.etag}
    if stored is None or stored.etag != claimed.etag:
        raise S3Error("InvalidPart", **details)
    for algorithm, value in claimed.checksums.items():
        if stored.checksums.get(algorithm) != value:
            raise S3Error("InvalidPart", **details)
    if upload.algorithm is not None and upload.attributes.checksum_type == "COMPOSITE":
        _require_claimed_checksum(upload.algorithm, claimed)
    return stored


def _require_claimed_checksum(algorithm: str, claimed: ClaimedPart) -> None:
    if algorithm not in claimed.checksums:
        message = f"The upload was created using a {algorithm} checksum. The complete request must include the "
        raise S3Error("InvalidRequest", f"{message}checksum for each part. It was missing for part {claimed.number}.")


def _multipart_etag(parts: Sequence[Part]) -> str:
    try:
        digests = b"".join(binascii.unhexlify(part.etag) for part in parts)
    except binascii.Error as error:
        raise S3Error("InvalidPart") from error
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"


def _whole_attributes(upload: Upload, parts: Sequence[Part]) -> Attributes:
    attributes = replace(upload.attributes, part_sizes=tuple(part.size for part in parts))
    algorithm = upload.algorithm or _shared_algorithm(parts)
    if algorithm is None:
        return attributes
    kind = attributes.checksum_type if upload.algorithm else default_type(algorithm)
    if kind == "FULL_OBJECT":
        value = combined(algorithm, [(part.checksums[algorithm], part.size) for part in parts])
    else:
        value = composite(algorithm, [part.checksums[algorithm] for part in parts])
    return replace(attributes, checksums={algorithm: value}, checksum_type=kind)


def _shared_algorithm(parts: Sequence[Part]) -> str | None:
    return next((name for name in ALGORITHMS if all(name in part.checksums for part in parts)), None)
