"""Every index of the database, in one place. `migrate` creates those that are missing, and no other function does.

An index that is no longer wanted leaves `INDEXES` and, one release later, when no running code needs it, its
collection and name enter `RETIRED`.
"""

from __future__ import annotations

from pymongo import ASCENDING, DESCENDING, TEXT, IndexModel

INDEXES: dict[str, tuple[IndexModel, ...]] = {
    "uploads": (IndexModel([("status", ASCENDING), ("expires_at", ASCENDING)], name="open_by_expiry"),),
    "assets": (IndexModel([("listed", ASCENDING), ("_id", DESCENDING)], name="listed_newest_first"),),
    "jobs": (
        IndexModel([("status", ASCENDING), ("_id", DESCENDING)], name="by_status_newest_first"),
        IndexModel([("asset_id", ASCENDING), ("_id", DESCENDING)], name="of_asset"),
        IndexModel([("finished_at", ASCENDING), ("_id", ASCENDING)], name="by_end"),
        IndexModel([("retried_at", ASCENDING), ("_id", ASCENDING)], name="by_retry"),
    ),
    "watch_progress": (
        IndexModel([("viewer_id", ASCENDING), ("order", DESCENDING)], name="last_watched_first"),
        IndexModel([("direct", ASCENDING)], name="written_directly", sparse=True),
        # two years after a viewer last watched a movie nobody asks where
        IndexModel([("updated_at", ASCENDING)], name="forget", expireAfterSeconds=730 * 24 * 3600),
    ),
    # an account that nobody uses, and the mark of one that was deleted
    "users": (IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),),
    "answers": (IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),),
    "events": (
        IndexModel([("waiting", ASCENDING), ("timestamp", ASCENDING), ("_id", ASCENDING)], name="waiting"),
        IndexModel([("unpublished", ASCENDING), ("timestamp", ASCENDING), ("_id", ASCENDING)], name="unpublished"),
        IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),
    ),
    "webhook_deliveries": (
        IndexModel([("status", ASCENDING), ("next_attempt_at", ASCENDING), ("_id", ASCENDING)], name="due"),
        IndexModel([("endpoint_id", ASCENDING), ("_id", DESCENDING)], name="of_endpoint"),
        IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),
    ),
    "spoken": (
        IndexModel([("search.words", ASCENDING)], name="by_word"),
        IndexModel([("asset_id", ASCENDING), ("origin_key", ASCENDING)], name="of_asset"),
    ),
    "vocabulary": (IndexModel([("grams", ASCENDING)], name="in_grams"),),
    "meanings": (IndexModel([("asset_id", ASCENDING), ("origin_key", ASCENDING)], name="of_asset"),),
    "topics": (IndexModel([("names", ASCENDING)], name="by_topic"),),
    "movies": (
        # not every engine has text indexes: `Migrate` goes on without
        IndexModel(
            [("title", TEXT), ("original_title", TEXT), ("overview", TEXT)],
            name="text",
            weights={"title": 10, "original_title": 10, "overview": 1},
            default_language="english",
        ),
        IndexModel([("search.grams", ASCENDING)], name="titles_in_grams"),
        IndexModel([("search.genres", ASCENDING), ("year", DESCENDING)], name="of_genre_by_year"),
        IndexModel([("year", DESCENDING), ("popularity", DESCENDING)], name="of_year_popular_first"),
        IndexModel([("popularity", DESCENDING), ("_id", DESCENDING)], name="popular_first"),
        IndexModel([("search.title", ASCENDING), ("_id", ASCENDING)], name="by_title"),
        IndexModel(
            [("featured", ASCENDING), ("popularity", DESCENDING), ("_id", DESCENDING)],
            name="featured_popular_first",
            partialFilterExpression={"featured": True},
        ),
        IndexModel(
            [("tmdb_id", ASCENDING)], name="of_tmdb", unique=True, partialFilterExpression={"tmdb_id": {"$gt": 0}}
        ),
        IndexModel([("asset_id", ASCENDING)], name="of_asset"),
    ),
}

RETIRED: dict[str, frozenset[str]] = {}
