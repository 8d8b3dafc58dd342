"""What TMDB answers, read strictly: an answer of another form is an error, never half a film."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from marquee.domain.errors import TransientError
from marquee.domain.movie_source import PAGE_SIZE, TmdbMovie

# Hits of a search carry only the numbers of their genres. These are TMDB's, for films; their names are used also
# where an answer is in another language, so that filters mean the same everywhere.
GENRES = {
    12: "Adventure",
    14: "Fantasy",
    16: "Animation",
    18: "Drama",
    27: "Horror",
    28: "Action",
    35: "Comedy",
    36: "History",
    37: "Western",
    53: "Thriller",
    80: "Crime",
    99: "Documentary",
    878: "Science Fiction",
    9648: "Mystery",
    10402: "Music",
    10749: "Romance",
    10751: "Family",
    10752: "War",
    10770: "TV Movie",
}


class GarbledAnswer(TransientError):
    """TMDB, or something between, answered what is no answer of TMDB's."""


def _date_or_none(value: object) -> object:
    # films without a date have "", and films of antiquity dates that are none
    if value in ("", None):
        return None
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _path_or_none(value: object) -> object:
    # Many films have no picture. A name of another form would not be one of the addresses that we pass on, and a
    # page of films is not given up for a picture.
    return None if isinstance(value, str) and not _PATH.fullmatch(value) else value


_PATH = re.compile(r"/[A-Za-z0-9_-]+\.[a-z]{3,4}")
_Path = Annotated[str | None, BeforeValidator(_path_or_none)]


class _Genre(BaseModel):
    id: int
    name: str


class _Film(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    id: int = Field(ge=1)
    title: str = Field(min_length=1)
    original_title: str = ""
    original_language: str = ""
    overview: str | None = ""
    release_date: Annotated[date | None, BeforeValidator(_date_or_none)] = None
    popularity: float = 0.0
    vote_average: float = 0.0
    vote_count: int = 0
    poster_path: _Path = None
    backdrop_path: _Path = None
    adult: bool = False

    def movie(self, genres: tuple[str, ...], **more: Any) -> TmdbMovie:
        same = self.model_dump(exclude={"id", "overview", "adult", "genres", "genre_ids", "runtime"} | set(more))
        return TmdbMovie(tmdb_id=self.id, overview=self.overview or "", genres=genres, **{**same, **more})


class _Hit(_Film):
    genre_ids: list[int] = []

    def as_movie(self) -> TmdbMovie:
        return self.movie(tuple(GENRES[number] for number in self.genre_ids if number in GENRES))


class _Details(_Film):
    genres: list[_Genre] = []
    runtime: int | None = None
    imdb_id: str | None = None
    tagline: str | None = None

    def as_movie(self) -> TmdbMovie:
        genres = tuple(GENRES.get(genre.id, genre.name) for genre in self.genres)
        # a film that is not out yet has the length 0
        return self.movie(
            genres, runtime_minutes=self.runtime or None, imdb_id=self.imdb_id or None, tagline=self.tagline or ""
        )


class _Page(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    page: int
    results: list[_Hit] = Field(max_length=PAGE_SIZE)


def parsed(body: bytes) -> Any:
    """JSON; raises `GarbledAnswer`."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise GarbledAnswer("TMDB answered what is not JSON.") from error


def read_details(answer: Any) -> TmdbMovie | None:
    """One film, None for one that is not for everybody. Raises `GarbledAnswer`."""
    try:
        details = _Details.model_validate(answer)
    except ValidationError as error:
        raise GarbledAnswer("TMDB answered what is not a film.") from error
    return None if details.adult else details.as_movie()


def read_page(answer: Any) -> list[TmdbMovie]:
    """Films of a page, in TMDB's order, without those that are not for everybody. Raises `GarbledAnswer`."""
    try:
        page = _Page.model_validate(answer)
    except ValidationError as error:
        raise GarbledAnswer("TMDB answered what is not a page of films.") from error
    return [hit.as_movie() for hit in page.results if not hit.adult]
