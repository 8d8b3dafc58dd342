"""Films that others know: what is asked of TMDB, and how honest the answer is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")

Source = Literal["cache", "database", "tmdb", "stale"]
ImageSize = Literal["w92", "w154", "w185", "w342", "w500", "w780", "w1280", "original"]

# TMDB's pages, of a search and of the popular films; a shorter one is the last.
PAGE_SIZE = 20
# It knows no page beyond.
LAST_PAGE = 500
IMAGES_PREFIX = "/images/tmdb"
# Their terms want this sentence, word for word, wherever something of theirs is shown.
TMDB_ATTRIBUTION = "This product uses the TMDB API but is not endorsed or certified by TMDB."


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """An answer and where it is from.

    `stale` was fresh once. `degraded`: a healthy system would have given more or newer. An empty value with
    `degraded` means "not known now", without it "there is none".
    """

    value: T
    source: Source
    degraded: bool = False


class TmdbMovie(BaseModel):
    """A film as TMDB describes it. `vote_average` is 0..10; paths are of their images (`/abc.jpg`).

    In hits of a search `runtime_minutes` and `imdb_id` are not known.
    """

    model_config = ConfigDict(frozen=True)

    tmdb_id: int
    title: str
    original_title: str = ""
    original_language: str = ""
    overview: str = ""
    tagline: str = ""
    release_date: date | None = None
    genres: tuple[str, ...] = ()
    popularity: float = 0.0
    vote_average: float = 0.0
    vote_count: int = 0
    runtime_minutes: int | None = None
    imdb_id: str | None = None
    poster_path: str | None = None
    backdrop_path: str | None = None

    @property
    def movie_id(self) -> str:
        """Its id in our API."""
        return movie_id_of(self.tmdb_id)

    @property
    def year(self) -> int | None:
        return self.release_date.year if self.release_date else None

    def poster_url(self, size: ImageSize = "w342") -> str | None:
        """Root-relative: the distribution fetches images of TMDB itself. None when there is no poster."""
        return _image_url(self.poster_path, size)

    def backdrop_url(self, size: ImageSize = "w1280") -> str | None:
        return _image_url(self.backdrop_path, size)


class MovieSource(Protocol):
    """Never raises for an outage: what cannot be known is empty and `degraded`. Each call ends within 2.5 s."""

    def search(
        self, query: str, *, page: int = 1, year: int | None = None, language: str | None = None
    ) -> Sourced[list[TmdbMovie]]:
        """Films whose titles fit, best first, at most `PAGE_SIZE`. `language`: of the titles (BCP 47)."""
        ...

    def details(self, tmdb_id: int) -> Sourced[TmdbMovie | None]:
        """One film; None when TMDB has none of that number (or, degraded, when that is not known now)."""
        ...

    def popular(self, page: int = 1) -> Sourced[list[TmdbMovie]]:
        """What most people look at now, at most `PAGE_SIZE`."""
        ...


def movie_id_of(tmdb_id: int) -> str:
    return f"tmdb-{tmdb_id}"


def tmdb_id_of(movie_id: str) -> int | None:
    """The number in `tmdb-123`; None for ids of any other form."""
    prefix, _, number = movie_id.partition("-")
    plain = prefix == "tmdb" and number.isascii() and number.isdigit() and len(number) <= 10
    return int(number) if plain and str(int(number)) == number else None


def _image_url(path: str | None, size: ImageSize) -> str | None:
    return f"{IMAGES_PREFIX}/{size}{path}" if path else None
