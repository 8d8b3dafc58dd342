"""The index: which objects, uploads and parts exist, in one SQLite file (WAL, synchronous=FULL).

A commit here is the instant something exists; `kill -9` leaves the state before it or after it. Keys are UTF-8
bytes, so SQLite's order is S3's order. Readers have their own connections and never wait for a writer's fsync.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, created REAL NOT NULL, configuration TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key BLOB NOT NULL, object_id TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    modified REAL NOT NULL, attributes TEXT NOT NULL, PRIMARY KEY (bucket, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pieces (
    owner TEXT NOT NULL, ordinal INTEGER NOT NULL, blob TEXT NOT NULL, size INTEGER NOT NULL,
    PRIMARY KEY (owner, ordinal)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pieces_by_blob ON pieces (blob);
CREATE TABLE IF NOT EXISTS uploads (
    upload_id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, created REAL NOT NULL,
    attributes TEXT NOT NULL, completed REAL, completed_request TEXT, completed_answer TEXT);
CREATE INDEX IF NOT EXISTS uploads_by_key ON uploads (bucket, key);
CREATE TABLE IF NOT EXISTS parts (
    upload_id TEXT NOT NULL, number INTEGER NOT NULL, part_id TEXT NOT NULL, size INTEGER NOT NULL,
    etag TEXT NOT NULL, modified REAL NOT NULL, checksums TEXT NOT NULL, PRIMARY KEY (upload_id, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue_arn TEXT NOT NULL, event TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sequence (last INTEGER NOT NULL);
INSERT INTO sequence SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM sequence);
"""


class Index:
    """Thread-safe: any number of readers, one writer at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._writer = self._connect()
        self._writer.executescript(_SCHEMA)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None, timeout=30)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.row_factory = sqlite3.Row
        return connection

    def reader(self) -> sqlite3.Connection:
        """This thread's own connection for single statements that only read."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
            with self._lock:
                self._readers.append(connection)
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: durable when the block ends, gone when it raises."""
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Several reads of one state."""
        connection = self.reader()
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            for connection in (*self._readers, self._writer):
                connection.close()


def add_pieces(db: sqlite3.Connection, owner: str, pieces: Iterable[tuple[str, int]]) -> None:
    rows = [(owner, ordinal, blob, size) for ordinal, (blob, size) in enumerate(pieces)]
    db.executemany("INSERT INTO pieces VALUES (?, ?, ?, ?)", rows)


def read_pieces(db: sqlite3.Connection, owner: str) -> list[tuple[str, int]]:
    rows = db.execute("SELECT blob, size FROM pieces WHERE owner = ? ORDER BY ordinal", (owner,))
    return [(row["blob"], row["size"]) for row in rows]


def drop_pieces(db: sqlite3.Connection, owner: str) -> list[str]:
    """Forget an owner's pieces; returns the blobs nothing names any more, to be discarded after the commit."""
    blobs = {blob for blob, _ in read_pieces(db, owner)}
    db.execute("DELETE FROM pieces WHERE owner = ?", (owner,))
    named = "SELECT 1 FROM pieces WHERE blob = ? LIMIT 1"
    return [blob for blob in blobs if db.execute(named, (blob,)).fetchone() is None]


def next_sequence(db: sqlite3.Connection, at_least: int) -> int:
    """A number greater than every one before it, also over restarts and a clock set back."""
    row = db.execute("UPDATE sequence SET last = max(last + 1, ?) RETURNING last", (at_least,)).fetchone()
    return int(row["last"])
