"""A movie as the API shows it, our own and those of TMDB alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from marquee.domain.media import Model
from marquee.domain.movie_source import IMAGES_PREFIX, TMDB_ATTRIBUTION, ImageSize, Source, TmdbMovie
from marquee.services.catalogue import Entry, MovieAsset

POSTER_SIZES: tuple[ImageSize, ...] = ("w185", "w342", "w500", "w780", "original")
BACKDROP_SIZES: tuple[ImageSize, ...] = ("w780", "w1280", "original")
_POSTER: ImageSize = "w342"
_BACKDROP: ImageSize = "w1280"


class Picture(Model):
    """`url` for most uses; `sizes` by width (`w342`: 342 pixels) and `original`. All root-relative."""

    url: str
    sizes: dict[str, str]


class MovieAnswer(Model):
    """`id` is `mov_…` for movies of ours and `tmdb-…` for films that only TMDB has; only ours can be `available`.

    `source`: where this was read just now (`stale`: an old copy, because what stands behind did not answer).
    `attribution` must be shown with it when it is there.
    """

    id: str
    title: str
    original_title: str | None
    year: int | None
    genres: tuple[str, ...]
    languages: tuple[str, ...]
    overview: str
    runtime_minutes: int | None
    poster: Picture | None
    backdrop: Picture | None
    asset_id: str | None
    asset: MovieAsset | None
    available: bool
    tmdb_id: int | None
    featured: bool
    popularity: float
    source: Source
    degraded: bool = False
    attribution: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class MoviesPage(Model):
    """One page. `next_cursor` is None on the last. `degraded`: something that more would be known from is away."""

    items: tuple[MovieAnswer, ...]
    next_cursor: str | None
    degraded: bool
    attribution: str | None


def page_of(items: Iterable[MovieAnswer], next_cursor: str | None, *, degraded: bool) -> MoviesPage:
    shown = tuple(items)
    credit = TMDB_ATTRIBUTION if any(item.attribution for item in shown) else None
    return MoviesPage(items=shown, next_cursor=next_cursor, degraded=degraded, attribution=credit)


def own_answer(entry: Entry, source: Source, *, degraded: bool = False, tmdb: TmdbMovie | None = None) -> MovieAnswer:
    """A movie of ours; what it does not say itself is taken from `tmdb`."""
    movie, asset = entry.movie, entry.asset
    poster_path = movie.poster_path or (tmdb.poster_path if tmdb else None)
    backdrop_path = movie.backdrop_path or (tmdb.backdrop_path if tmdb else None)
    return MovieAnswer(
        id=movie.id,
        title=movie.title,
        original_title=movie.original_title or ((tmdb.original_title or None) if tmdb else None),
        year=movie.year or (tmdb.year if tmdb else None),
        genres=movie.genres or (tmdb.genres if tmdb else ()),
        languages=movie.languages or (_languages(tmdb) if tmdb else ()),
        overview=movie.overview or (tmdb.overview if tmdb else ""),
        runtime_minutes=movie.runtime_minutes or (tmdb.runtime_minutes if tmdb else None),
        poster=_own_poster(asset) or _picture(poster_path, POSTER_SIZES, _POSTER),
        backdrop=_picture(backdrop_path, BACKDROP_SIZES, _BACKDROP),
        asset_id=movie.asset_id,
        asset=asset,
        available=entry.available,
        tmdb_id=movie.tmdb_id,
        featured=movie.featured,
        popularity=movie.popularity,
        source=source,
        degraded=degraded,
        attribution=TMDB_ATTRIBUTION if tmdb or movie.poster_path or movie.backdrop_path else None,
        created_at=movie.created_at,
        updated_at=movie.updated_at,
    )


def tmdb_answer(film: TmdbMovie, source: Source, *, degraded: bool = False) -> MovieAnswer:
    """A film that only TMDB has."""
    return MovieAnswer(
        id=film.movie_id,
        title=film.title,
        original_title=film.original_title or None,
        year=film.year,
        genres=film.genres,
        languages=_languages(film),
        overview=film.overview,
        runtime_minutes=film.runtime_minutes,
        poster=_picture(film.poster_path, POSTER_SIZES, _POSTER),
        backdrop=_picture(film.backdrop_path, BACKDROP_SIZES, _BACKDROP),
        asset_id=None,
        asset=None,
        available=False,
        tmdb_id=film.tmdb_id,
        featured=False,
        popularity=film.popularity,
        source=source,
        degraded=degraded,
        attribution=TMDB_ATTRIBUTION,
    )


def _languages(film: TmdbMovie) -> tuple[str, ...]:
    return (film.original_language,) if film.original_language else ()


def _own_poster(asset: MovieAsset | None) -> Picture | None:
    """A frame of the film itself, or what was chosen in its place."""
    if asset is None or asset.poster_url is None:
        return None
    sizes = {} if asset.poster is None else {f"w{size.width}": size.jpg_url for size in asset.poster.sizes}
    return Picture(url=asset.poster_url, sizes={**sizes, "original": asset.poster_url})


def _picture(path: str | None, sizes: tuple[ImageSize, ...], usual: ImageSize) -> Picture | None:
    if not path:
        return None
    urls: dict[str, str] = {size: f"{IMAGES_PREFIX}/{size}{path}" for size in sizes}
    return Picture(url=urls[usual], sizes=urls)
