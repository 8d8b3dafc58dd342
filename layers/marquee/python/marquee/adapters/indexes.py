"""Every index of the database, in one place. Making what is there already changes nothing.

`reconcile` ensures them once a process: it is the only function that may be slow, and nothing but speed and
the clearing of old answers depends on them.
"""

from __future__ import annotations

from pymongo import ASCENDING, DESCENDING, IndexModel

from marquee.adapters.database import Database

INDEXES: dict[str, tuple[IndexModel, ...]] = {
    "uploads": (IndexModel([("status", ASCENDING), ("expires_at", ASCENDING)], name="open_by_expiry"),),
    "assets": (IndexModel([("listed", ASCENDING), ("_id", DESCENDING)], name="listed_newest_first"),),
    "jobs": (
        IndexModel([("status", ASCENDING), ("_id", DESCENDING)], name="by_status_newest_first"),
        IndexModel([("asset_id", ASCENDING), ("_id", DESCENDING)], name="of_asset"),
        IndexModel([("finished_at", ASCENDING), ("_id", ASCENDING)], name="by_end"),
    ),
    "watch_progress": (
        IndexModel([("viewer", ASCENDING), ("order", DESCENDING)], name="last_watched_first"),
        IndexModel([("direct", ASCENDING)], name="written_directly", sparse=True),
        # two years after a viewer last watched a movie nobody asks where
        IndexModel([("updated_at", ASCENDING)], name="forget", expireAfterSeconds=730 * 24 * 3600),
    ),
    "answers": (IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),),
    "events": (
        IndexModel([("waiting", ASCENDING), ("timestamp", ASCENDING), ("_id", ASCENDING)], name="waiting"),
        IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),
    ),
    "webhook_deliveries": (
        IndexModel([("status", ASCENDING), ("next_attempt_at", ASCENDING), ("_id", ASCENDING)], name="due"),
        IndexModel([("endpoint_id", ASCENDING), ("_id", DESCENDING)], name="of_endpoint"),
        IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),
    ),
}


def ensure_indexes(database: Database) -> None:
    for collection, indexes in INDEXES.items():
        database.run(collection, lambda target, wanted=indexes: target.create_indexes(list(wanted)))  # type: ignore[misc]
