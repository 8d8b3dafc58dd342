"""The index: which objects, uploads and parts exist, in one SQLite file (WAL, synchronous=FULL).

A commit here is the instant something exists; `kill -9` leaves the state before it or after it. Keys are UTF-8
bytes, so SQLite's order is S3's order. Readers lease connections of their own and never wait for a writer's fsync.
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
        self._write_lock = threading.Lock()
        self._readers_lock = threading.Lock()
        self._idle_readers: list[sqlite3.Connection] = []
        self._is_closed = False
        self._writer = self._connect()
        self._writer.executescript(_SCHEMA)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None, timeout=30)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.row_factory = sqlite3.Row
        return connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One state of everything, for reading, while the block runs."""
        connection = self._lease()
        try:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("COMMIT")
        finally:
            self._give_back(connection)

    def _lease(self) -> sqlite3.Connection:
        with self._readers_lock:
            if self._is_closed:
                raise sqlite3.ProgrammingError("The index is closed")
            if self._idle_readers:
                return self._idle_readers.pop()
        return self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._readers_lock:
            if not self._is_closed:
                self._idle_readers.append(connection)
                return
        connection.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: durable when the block ends, gone when it raises."""
        with self._write_lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Whoever is in the middle of a read ends it first: a connection closed under its user takes the process."""
        with self._readers_lock:
            self._is_closed = True
            idle, self._idle_readers = self._idle_readers, []
        for connection in idle:
            connection.close()
        with self._write_lock:
            self._writer.close()


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
