"""Buckets and objects on one disk folder: `index.sqlite3` and `blobs/`.

All methods are plain calls, safe from any thread. Reads take microseconds; writes wait for the disk, so an event loop
calls them in a thread.
"""

import fcntl
import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from local.s3.blobs import Blobs
from local.s3.configuration import BucketConfiguration, Properties
from local.s3.errors import S3Error
from local.s3.index import Index, add_pieces, drop_pieces, next_sequence, read_pieces
from local.s3.model import ANY, Attributes, ObjectInfo, Piece, WriteCondition

_OBJECT_COLUMNS = "bucket, key, object_id, size, etag, modified, attributes"


def object_of(row: sqlite3.Row) -> ObjectInfo:
    attributes = Attributes.from_json(row["attributes"])
    key = row["key"].decode("utf-8")
    return ObjectInfo(row["bucket"], key, row["object_id"], row["size"], row["etag"], row["modified"], attributes)


@dataclass(frozen=True)
class OpenObject:
    """An object whose files stay while it is open: `pieces` are whole files, in order, with their sizes."""

    info: ObjectInfo
    pieces: tuple[tuple[Path, int], ...]

    def spans(self, start: int, length: int) -> Iterator[tuple[Path, int, int]]:
        """`(file, offset, count)` that together are `length` bytes from `start`."""
        for path, size in self.pieces:
            if length <= 0:
                return
            count = min(size - start, length)
            if count > 0:
                yield path, start, count
                length -= count
            start = max(0, start - size)


def _lock(path: Path) -> TextIO:
    """Held until closed or until the process is gone: a second store would sweep away what this one is writing."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise RuntimeError(f"Another process uses the objects in {path.parent}") from error
    return file


class S3Store:
    """`root` is made if missing; leftovers of a crash are removed on the way in."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._lock_file = _lock(root / "lock")
        self.index = Index(root / "index.sqlite3")
        self.blobs = Blobs(root / "blobs")
        self._listeners: list[Callable[[], None]] = []
        self._buckets_lock = threading.Lock()
        with self.index.read() as db:
            self.blobs.sweep({row["blob"] for row in db.execute("SELECT blob FROM pieces")})
            self._buckets: dict[str, BucketConfiguration] = {
                row["name"]: BucketConfiguration.from_json(row["configuration"])
                for row in db.execute("SELECT name, configuration FROM buckets")
            }

    def close(self) -> None:
        self.index.close()
        self._lock_file.close()

    def on_event(self, listener: Callable[[], None]) -> None:
        """`listener()` is called, in the writing thread, after a commit that put events into the outbox."""
        self._listeners.append(listener)

    # buckets

    def create_bucket(
        self,
        name: str,
        *,
        cors: Properties | None = None,
        notifications: Properties | None = None,
        lifecycle: Properties | None = None,
    ) -> bool:
        """Make the bucket or give the existing one this configuration; True when it is new."""
        configuration = BucketConfiguration.from_properties(cors, notifications, lifecycle)
        with self._buckets_lock, self.index.write() as db:
            is_new = name not in self._buckets
            db.execute(
                "INSERT INTO buckets VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET configuration = excluded.configuration",
                (name, time.time(), configuration.properties),
            )
            self._buckets[name] = configuration
        return is_new

    def delete_bucket(self, name: str) -> None:
        self.bucket(name)
        with self._buckets_lock, self.index.write() as db:
            if db.execute("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1", (name,)).fetchone():
                raise S3Error("BucketNotEmpty")
            if db.execute("SELECT 1 FROM uploads WHERE bucket = ? AND completed IS NULL LIMIT 1", (name,)).fetchone():
                raise S3Error("BucketNotEmpty")
            db.execute("DELETE FROM buckets WHERE name = ?", (name,))
            del self._buckets[name]

    def buckets(self) -> list[tuple[str, float]]:
        """`(name, created)` in order."""
        with self.index.read() as db:
            rows = db.execute("SELECT name, created FROM buckets ORDER BY name").fetchall()
        return [(row["name"], row["created"]) for row in rows]

    def bucket(self, name: str) -> BucketConfiguration:
        """Raises NoSuchBucket."""
        try:
            return self._buckets[name]
        except KeyError:
            raise S3Error("NoSuchBucket", BucketName=name) from None

    # objects

    def head(self, bucket: str, key: str) -> ObjectInfo | None:
        with self.index.read() as db:
            return self.find(db, bucket, key)

    @contextmanager
    def open(self, bucket: str, key: str) -> Iterator[OpenObject]:
        """The object as it is now, whatever happens to it while the block runs; raises NoSuchKey."""
        info, pieces = self._pin(bucket, key)
        try:
            yield OpenObject(info, tuple((self.blobs.path(blob), size) for blob, size in pieces))
        finally:
            self.blobs.unpin(blob for blob, _ in pieces)

    def _pin(self, bucket: str, key: str) -> tuple[ObjectInfo, list[Piece]]:
        while True:
            info, pieces = self._look(bucket, key)
            self.blobs.pin(blob for blob, _ in pieces)
            # a deletion before the pin shows now; one after it leaves the files until they are unpinned
            if self._look(bucket, key) == (info, pieces):
                return info, pieces
            self.blobs.unpin(blob for blob, _ in pieces)

    def _look(self, bucket: str, key: str) -> tuple[ObjectInfo, list[Piece]]:
        with self.index.read() as db:
            info = self.find(db, bucket, key)
            if info is None:
                raise S3Error("NoSuchKey", Key=key)
            return info, read_pieces(db, info.object_id)

    def read(self, bucket: str, key: str) -> bytes:
        """All of a small object; raises NoSuchKey."""
        with self.open(bucket, key) as opened:
            return b"".join(path.read_bytes() for path, _ in opened.pieces)

    def open_path(self, bucket: str, key: str) -> Path:
        """One file that holds the whole object (parts are joined once); it may go when the object is replaced."""
        with self.open(bucket, key) as opened:
            if len(opened.pieces) == 1:
                return opened.pieces[0][0]
            blob = self._join(opened)
        with self.index.write() as db:
            current = self.find(db, bucket, key)
            unnamed = [blob]
            if current is not None and current.object_id == opened.info.object_id:
                unnamed = drop_pieces(db, current.object_id)
                add_pieces(db, current.object_id, [(blob, current.size)])
        self.blobs.discard(unnamed)
        return self.blobs.path(blob) if blob not in unnamed else self.open_path(bucket, key)

    def _join(self, opened: OpenObject) -> str:
        writer = self.blobs.create()
        try:
            for path, _ in opened.pieces:
                with path.open("rb") as source:
                    while data := source.read(1 << 20):
                        writer.write(data)
            writer.finish()
        except BaseException:
            writer.abandon()
            raise
        return writer.name

    def check_condition(self, bucket: str, key: str, condition: WriteCondition) -> None:
        """An early answer, before a body is read; the commit asks again."""
        if condition != ANY:
            condition.check(self.head(bucket, key))

    def put(
        self,
        bucket: str,
        key: str,
        pieces: Sequence[Piece],
        etag: str,
        attributes: Attributes,
        *,
        event: str,
        condition: WriteCondition = ANY,
        shared_with: ObjectInfo | None = None,
        also: Callable[[sqlite3.Connection], list[str]] = lambda _: [],
    ) -> ObjectInfo:
        """Make durable blobs the object. `also` joins the transaction and returns blobs it set free.

        Blobs `shared_with` another object are only taken while that object still has them (NoSuchKey else).
        """
        size = sum(count for _, count in pieces)
        info = ObjectInfo(bucket, key, uuid.uuid4().hex, size, etag, time.time(), attributes)
        with self.index.write() as db:
            self.bucket(bucket)
            existing = self.find(db, bucket, key)
            condition.check(existing)
            if shared_with is not None and read_pieces(db, shared_with.object_id) != list(pieces):
                raise S3Error("NoSuchKey", Key=shared_with.key)
            add_pieces(db, info.object_id, pieces)
            unnamed = also(db)
            if existing is not None:
                unnamed += drop_pieces(db, existing.object_id)
            values = (bucket, key.encode(), info.object_id, size, etag, info.modified, attributes.to_json())
            db.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            posted = self._post(db, event, info)
        self._after_commit(unnamed, posted)
        return info

    def delete(
        self, bucket: str, key: str, *, event: str = "ObjectRemoved:Delete", condition: WriteCondition = ANY
    ) -> bool:
        """Remove the object; False when there was none, which is no error in S3."""
        with self.index.write() as db:
            existing = self.find(db, bucket, key)
            condition.check(existing)
            if existing is None:
                return False
            db.execute("DELETE FROM objects WHERE bucket = ? AND key = ?", (bucket, key.encode()))
            unnamed = drop_pieces(db, existing.object_id)
            posted = self._post(db, event, existing)
        self._after_commit(unnamed, posted)
        return True

    def find(self, db: sqlite3.Connection, bucket: str, key: str) -> ObjectInfo | None:
        """`head` inside a transaction."""
        query = f"SELECT {_OBJECT_COLUMNS} FROM objects WHERE bucket = ? AND key = ?"  # noqa: S608  our own columns
        row = db.execute(query, (bucket, key.encode())).fetchone()
        return None if row is None else object_of(row)

    def _post(self, db: sqlite3.Connection, event_name: str, info: ObjectInfo) -> bool:
        """Write the event beside the change itself, so that neither can be without the other."""
        rules = [rule for rule in self.bucket(info.bucket).queues if rule.wants(event_name, info.key)]
        if not rules:
            return False
        event: dict[str, Any] = {
            "name": event_name,
            "time": time.time(),
            "bucket": info.bucket,
            "key": info.key,
            "sequencer": f"{next_sequence(db, time.time_ns()):018X}",
        }
        if event_name.startswith("ObjectCreated"):
            event |= {"size": info.size, "etag": info.etag}
        rows = [(rule.queue_arn, json.dumps({**event, "rule_id": rule.rule_id})) for rule in rules]
        db.executemany("INSERT INTO outbox (queue_arn, event) VALUES (?, ?)", rows)
        return True

    def _after_commit(self, unnamed: Sequence[str], posted: bool) -> None:
        self.blobs.discard(unnamed)
        if posted:
            for listener in self._listeners:
                listener()
