"""What of the user pools outlives this process: users, sign-ins, keys and secrets, in one SQLite file.

moto holds everything in memory. After each call that may have changed something the difference is written, before
the caller is answered: what was acknowledged is there after a crash.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS records
    (kind TEXT, pool TEXT, id TEXT, document TEXT NOT NULL, PRIMARY KEY (kind, pool, id));
"""

Key = tuple[str, str, str]


class IdentityStore:
    """Records by (kind, pool, id) as JSON text, and single facts made once. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        with self._connection:
            self._connection.executescript(_TABLES)
        rows = self._connection.execute("SELECT kind, pool, id, document FROM records").fetchall()
        self._kept: dict[Key, str] = {(kind, pool, name): document for kind, pool, name, document in rows}

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def fact(self, name: str, make: Callable[[], str]) -> str:
        """The value of this name; made, and kept, at the first time."""
        with self._lock, self._connection:
            row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
            if row is None:
                row = (make(),)
                self._connection.execute("INSERT INTO facts VALUES (?, ?)", (name, row[0]))
            return str(row[0])

    def records(self, kind: str, pool: str) -> dict[str, str]:
        return {key[2]: document for key, document in self._kept.items() if key[:2] == (kind, pool)}

    def keep(self, current: Callable[[], Mapping[Key, str]]) -> None:
        """Make the file hold what `current` gives, in one transaction. Asked under the lock, so that the later
        of two writers has the later state."""
        with self._lock:
            wanted = dict(current())
            changed = [(*key, text) for key, text in wanted.items() if self._kept.get(key) != text]
            gone = [key for key in self._kept if key not in wanted]
            if not changed and not gone:
                return
            with self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", changed)
                self._connection.executemany("DELETE FROM records WHERE kind = ? AND pool = ? AND id = ?", gone)
            self._kept = wanted
