"""Write the catalogue: add, change and remove movies of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from marquee.domain import ids
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, InvalidRequest, NotFound, Outdated
from marquee.domain.media import Model
from marquee.domain.movie_source import tmdb_id_of
from marquee.domain.movies import Movie
from marquee.services.catalogue import Catalogue, Entry
from marquee.services.movie_answers import MovieAnswer, own_answer

CAS_ATTEMPTS = 5

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Genre = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
Picture = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9_-]{1,100}\.(jpg|png|webp|svg)$")]
Year = Annotated[int, Field(strict=True, ge=1870, le=2200)]
Minutes = Annotated[int, Field(strict=True, ge=1, le=6000)]
TmdbId = Annotated[int, Field(strict=True, ge=1, le=2_147_483_647)]
Popularity = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
AssetId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Genres = Annotated[tuple[Genre, ...], Field(max_length=20)]
Languages = Annotated[tuple[Language, ...], Field(max_length=20)]
Overview = Annotated[str, StringConstraints(max_length=5000)]


class NewMovie(Model):
    """Body of `POST /movies`. `languages` as ISO 639-1; picture paths are TMDB's (`/name.jpg`)."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    original_title: Title | None = None
    year: Year | None = None
    genres: Genres = ()
    languages: Languages = ()
    overview: Overview = ""
    runtime_minutes: Minutes | None = None
    poster_path: Picture | None = None
    backdrop_path: Picture | None = None
    asset_id: AssetId | None = None
    tmdb_id: TmdbId | None = None
    featured: bool = False
    popularity: Popularity = 0.0


class MovieChanges(Model):
    """Body of `PATCH /movies/{id}`: only what is sent changes; null takes away what may be missing."""

    model_config = ConfigDict(extra="forbid")

    title: Title = ""
    original_title: Title | None = None
    year: Year | None = None
    genres: Genres = ()
    languages: Languages = ()
    overview: Overview = ""
    runtime_minutes: Minutes | None = None
    poster_path: Picture | None = None
    backdrop_path: Picture | None = None
    asset_id: AssetId | None = None
    tmdb_id: TmdbId | None = None
    featured: bool = False
    popularity: Popularity = 0.0

    @property
    def sent(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


@dataclass(frozen=True)
class EditedMovie:
    """`tag` names the version, as `GET /movies/{id}` begins its own."""

    answer: MovieAnswer
    tag: str


@dataclass(frozen=True)
class CreateMovie:
    """`POST /movies`. Raises `TmdbIdTaken`."""

    catalogue: Catalogue
    clock: Clock = utc_now

    def __call__(self, new: NewMovie) -> MovieAnswer:
        now = self.clock()
        movie = Movie(id=ids.new_movie_id(), **new.model_dump(), created_at=now, updated_at=now)
        _check_asset(self.catalogue, movie.asset_id)
        self.catalogue.movies.add(movie)
        _claim_asset(self.catalogue, movie, now)
        self.catalogue.changed([movie.id])
        return _answer(self.catalogue, movie)


@dataclass(frozen=True)
class UpdateMovie:
    """`PATCH /movies/{id}`. `tag` is what the caller's `If-Match` says; None: whatever is current."""

    catalogue: Catalogue
    clock: Clock = utc_now

    def __call__(self, movie_id: str, changes: MovieChanges, tag: str | None) -> EditedMovie:
        _refuse_foreign(movie_id)
        _check_asset(self.catalogue, changes.asset_id)
        for _ in range(CAS_ATTEMPTS):
            movie = _current(self.catalogue, movie_id, tag)
            changed = {**changes.sent, "version": movie.version + 1, "updated_at": self.clock()}
            after = movie.model_copy(update=changed)
            if self.catalogue.movies.replace(after, movie.version):
                _claim_asset(self.catalogue, after, after.updated_at)
                self.catalogue.changed([movie_id])
                return EditedMovie(_answer(self.catalogue, after), str(after.version))
        raise Conflict("The movie is changed by others all the time; try again.", code="contended")


@dataclass(frozen=True)
class DeleteMovie:
    """`DELETE /movies/{id}`. Its asset stays: it is deleted for itself."""

    catalogue: Catalogue

    def __call__(self, movie_id: str, tag: str | None) -> None:
        _refuse_foreign(movie_id)
        movie = _current(self.catalogue, movie_id, tag)
        if not self.catalogue.movies.delete(movie_id, None if tag is None else movie.version):
            _current(self.catalogue, movie_id, tag)
        self.catalogue.changed([movie_id])


def _current(catalogue: Catalogue, movie_id: str, tag: str | None) -> Movie:
    """The movie, at the version that `tag` names. Never out of the cache."""
    movie = catalogue.movies.get(movie_id)
    if movie is None:
        raise NotFound("There is no such movie.")
    if tag is not None and tag.partition("-")[0] != str(movie.version):
        raise Outdated("The movie has been changed since it was read; read it again.")
    return movie


def _refuse_foreign(movie_id: str) -> None:
    if tmdb_id_of(movie_id) is not None:
        raise Conflict("Films of TMDB are not ours to change; add a movie with its tmdb_id.", code="not_ours")


def _check_asset(catalogue: Catalogue, asset_id: str | None) -> None:
    if asset_id is not None and catalogue.assets.get(asset_id) is None:
        raise InvalidRequest("There is no such asset.", code="unknown_asset")


def _claim_asset(catalogue: Catalogue, movie: Movie, now: datetime) -> None:
    """Watch progress in the asset is progress in its movie."""
    if movie.asset_id is not None:
        catalogue.assets.belong_to(movie.asset_id, movie.id, now)


def _answer(catalogue: Catalogue, movie: Movie) -> MovieAnswer:
    return own_answer(Entry(movie=movie, asset=catalogue.asset_of(movie)), "database")
