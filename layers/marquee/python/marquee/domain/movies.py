"""A movie: an entry of our own catalogue. What can be watched of it is an asset that it links to."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from marquee.domain.media import Model
from marquee.domain.search_terms import sort_key

MovieSort = Literal["popular", "newest", "title", "featured"]
PageKey = tuple[str | float, ...]


class Movie(Model):
    """`languages` are ISO 639-1. `poster_path` and `backdrop_path` name pictures of TMDB, `/name.jpg`.

    `version` counts changes from 1: it is what an ETag names. `popularity`: higher is shown earlier.
    """

    id: str
    title: str
    original_title: str | None = None
    year: int | None = None
    genres: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    overview: str = ""
    runtime_minutes: int | None = None
    poster_path: str | None = None
    backdrop_path: str | None = None
    asset_id: str | None = None
    tmdb_id: int | None = None
    featured: bool = False
    popularity: float = 0.0
    created_at: datetime
    updated_at: datetime
    version: int = 1

    def key_of(self, sort: MovieSort) -> PageKey:
        """Where it stands in a list in this order: what the next page starts after."""
        if sort == "newest":
            return (self.id,)
        return (sort_key(self.title), self.id) if sort == "title" else (self.popularity, self.id)

    @property
    def titles(self) -> tuple[str, ...]:
        """All names it may be looked for by."""
        return (self.title,) if self.original_title is None else (self.title, self.original_title)


class MovieFilter(Model):
    """What a movie must be to be found; None: no matter. `genre` and `language` in any case."""

    year: int | None = None
    genre: str | None = None
    language: str | None = None
    available: bool | None = None

    def accepts(self, *, year: int | None, genres: tuple[str, ...], languages: tuple[str, ...]) -> bool:
        """Whether a movie passes, as far as its own fields say; `available` takes its asset."""
        return (
            self.year in (None, year)
            and _is_among(self.genre, genres)
            and _is_among(self.language, languages)
        )  # fmt: skip


def _is_among(wanted: str | None, values: tuple[str, ...]) -> bool:
    return wanted is None or wanted.casefold() in {value.casefold() for value in values}
