"""Titles and pictures of movies for lists (`domain.watch_stores.MovieCards`): two reads, whatever their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marquee.adapters.database import Database, Document
from marquee.domain import keys
from marquee.domain.images import OF_NO_VERSION
from marquee.domain.movie_source import IMAGES_PREFIX
from marquee.domain.watch_stores import MovieCard

TMDB_POSTER = f"{IMAGES_PREFIX}/w342"  # the size that a row of films shows


class DatabaseMovieCards:
    """From the catalogue and its assets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cards(self, movie_ids: Sequence[str]) -> Mapping[str, MovieCard]:
        movies = self._read("movies", movie_ids, "title", "poster_path", "asset_id")
        linked = [movie["asset_id"] for movie in movies.values() if movie.get("asset_id")]
        wanted = [*linked, *(movie_id for movie_id in movie_ids if movie_id not in movies)]
        fields = ("title", "current_version", "playable_version", "images", "chosen_poster", "moderation")
        assets = self._read("assets", wanted, *fields)
        of_movies = {movie_id: _movie_card(movie, assets) for movie_id, movie in movies.items()}
        of_assets = {
            asset_id: MovieCard(asset["title"], _poster(asset), asset_id, _is_playable(asset))
            for asset_id, asset in assets.items()
            if asset_id in movie_ids
        }
        return {**of_assets, **of_movies}

    def _read(self, collection: str, ids: Sequence[str], *fields: str) -> Mapping[str, Document]:
        if not ids:
            return {}
        wanted, shown = {"_id": {"$in": list(ids)}}, dict.fromkeys(fields, 1)
        found = self._database.run(collection, lambda target: list(target.find(wanted, shown).sort("_id", 1)))
        return {document["_id"]: document for document in found}


def _movie_card(movie: Document, assets: Mapping[str, Document]) -> MovieCard:
    asset = assets.get(movie.get("asset_id") or "")
    of_tmdb = f"{TMDB_POSTER}{movie['poster_path']}" if movie.get("poster_path") else None
    poster = of_tmdb or (None if asset is None else _poster(asset))
    if asset is None:
        return MovieCard(movie["title"], poster, None, playable=False)
    return MovieCard(movie["title"], poster, asset["_id"], _is_playable(asset))


def _is_playable(asset: Document) -> bool:
    return any(asset.get(version) is not None for version in ("current_version", "playable_version"))


def _poster(asset: Document) -> str | None:
    version, images, chosen = asset.get("current_version"), asset.get("images") or {}, asset.get("chosen_poster")
    if version is None or _is_held(asset, version):
        return None
    if chosen:
        return f"/{keys.media_prefix(asset['_id'], OF_NO_VERSION)}{chosen['name']}"
    return f"/{keys.media_prefix(asset['_id'], version)}{images['poster']}" if images.get("poster") else None


def _is_held(asset: Document, version: int) -> bool:
    said = asset.get("moderation") or {}
    return said.get("asset_version") == version and said.get("state") != "released"
