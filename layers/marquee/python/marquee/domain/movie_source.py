"""Where films that are not ours are looked up: TMDB, behind whatever keeps its answers.

A caller gets the best answer there is at once. `TransientError` is raised only when there is none at all: TMDB is
away and nothing is kept either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from marquee.domain.media import Model

PAGE_SIZE = 20  # TMDB's own; a shorter page is the last one
MAX_PAGE = 500  # what TMDB pages through at most

ATTRIBUTION = "This product uses the TMDB API but is not endorsed or certified by TMDB."

Origin = Literal["cache", "database", "tmdb", "stale"]

T_co = TypeVar("T_co", covariant=True)


class TmdbMovie(Model):
    """A film as TMDB tells it. `genres` in English; `languages` as ISO 639-1, the original one first.

    `poster_path` and `backdrop_path` are TMDB's names of pictures, `/name.jpg`. A film in a list has no runtime.
    """

    tmdb_id: int
    title: str
    original_title: str | None = None
    year: int | None = None
    genres: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    overview: str = ""
    runtime_minutes: int | None = None
    poster_path: str | None = None
    backdrop_path: str | None = None
    popularity: float = 0.0


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T_co]):
    """An answer and where it came from. `degraded`: what stands behind did not answer, so this may be old."""

    value: T_co
    source: Origin
    degraded: bool = False


class MovieSource(Protocol):
    """Films by title, by number, and those most watched now. `page` counts from 1."""

    def search(
        self, query: str, *, page: int = 1, year: int | None = None, language: str | None = None
    ) -> Sourced[Sequence[TmdbMovie]]:
        """Best matches first, `PAGE_SIZE` a page. `language` (ISO 639-1): in which texts are wanted."""
        ...

    def details(self, tmdb_id: int) -> Sourced[TmdbMovie | None]:
        """One film with its runtime and all languages; None when TMDB has no such film."""
        ...

    def popular(self, page: int = 1) -> Sourced[Sequence[TmdbMovie]]:
        """What is popular now, most popular first."""
        ...
