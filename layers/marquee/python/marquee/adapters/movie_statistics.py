"""Counts over the catalogue, made by the database itself.

One aggregation a question: DocumentDB has no `$facet`.
"""

from __future__ import annotations

from typing import Any

from marquee.adapters.database import Database, Document
from marquee.domain.movie_store import CatalogueStatistics, Count, WatchTotals

_MOVIES, _ASSETS, _WATCH_PROGRESS = "movies", "assets", "watch_progress"
_MOST_FIRST = {"$sort": {"count": -1, "_id": 1}}
_LONGEST_LIST = {"$limit": 200}
MOST_WATCHED = 10


def read_statistics(database: Database) -> CatalogueStatistics:
    totals = _aggregate(database, _MOVIES, [{"$group": {"_id": None, "movies": _ONE, "featured": _if("$featured")}}])
    whole = totals[0] if totals else {"movies": 0, "featured": 0}
    return CatalogueStatistics(
        movies=whole["movies"],
        featured=whole["featured"],
        by_genre=_counts(database, [{"$unwind": "$genres"}, _group("$genres"), _MOST_FIRST]),
        by_year=_counts(database, [{"$match": {"year": {"$gt": 0}}}, _group("$year"), {"$sort": {"_id": -1}}]),
        by_availability=_counts(database, [*_WITH_ASSET, _group("$status"), _MOST_FIRST]),
        watched=_watched(database),
    )


_ONE: Document = {"$sum": 1}

# Movies without asset, or whose asset is gone, have the status `none`.
_WITH_ASSET: list[Document] = [
    {"$lookup": {"from": _ASSETS, "localField": "asset_id", "foreignField": "_id", "as": "asset"}},
    {"$project": {"status": {"$ifNull": [{"$arrayElemAt": ["$asset.status", 0]}, "none"]}}},
]


def _if(condition: Any) -> Document:
    return {"$sum": {"$cond": [condition, 1, 0]}}


def _group(value: str) -> Document:
    return {"$group": {"_id": value, "count": _ONE}}


def _counts(database: Database, pipeline: list[Document]) -> tuple[Count, ...]:
    found = _aggregate(database, _MOVIES, [*pipeline, _LONGEST_LIST])
    return tuple(Count(value=str(row["_id"]), count=row["count"]) for row in found)


def _watched(database: Database) -> WatchTotals:
    by_viewer: list[Document] = [
        {"$group": {"_id": "$viewer_id", "views": _ONE, "completed": _if({"$eq": ["$completed", True]})}},
        {
            "$group": {
                "_id": None,
                "viewers": _ONE,
                "views": {"$sum": "$views"},
                "completed": {"$sum": "$completed"},
            }
        },
    ]
    rows = _aggregate(database, _WATCH_PROGRESS, by_viewer)
    if not rows:
        return WatchTotals()
    most: list[Document] = [_group("$movie_id"), _MOST_FIRST, {"$limit": MOST_WATCHED}]
    watched = _aggregate(database, _WATCH_PROGRESS, most)
    return WatchTotals(
        **{name: rows[0][name] for name in ("viewers", "views", "completed")},
        most_watched=tuple(Count(value=row["_id"], count=row["count"]) for row in watched),
    )


def _aggregate(database: Database, collection: str, pipeline: list[Document]) -> list[Document]:
    return database.run(collection, lambda target: list(target.aggregate(pipeline)))
