"""What the routes of `movies` work with, built on first use."""

from __future__ import annotations

from functools import cached_property

from marquee.domain.playback import Audience
from marquee.entry.catalogue_wiring import CatalogueWiring
from marquee.entry.replay import Replay
from marquee.entry.spoken_wiring import SpokenWiring
from marquee.entry.tmdb_wiring import TmdbWiring
from marquee.entry.wiring import SERVING_SECONDS
from marquee.services.catalogue import Catalogue
from marquee.services.edit_movies import CreateMovie, DeleteMovie, UpdateMovie
from marquee.services.list_movies import ListMovies
from marquee.services.related_films import ListRelated
from marquee.services.search_movies import SearchMovies
from marquee.services.search_spoken import SearchSpoken
from marquee.services.show_movie import ShowMovie
from marquee.services.show_statistics import ShowStatistics

from movies.settings import Settings


class MoviesWiring(CatalogueWiring[Settings], TmdbWiring[Settings], SpokenWiring[Settings]):
    """Use cases of the catalogue."""

    patience_seconds = SERVING_SECONDS

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.movies, self.assets, self.cache)

    @cached_property
    def replay(self) -> Replay:
        return Replay(self.answers)

    @cached_property
    def search_movies(self) -> SearchMovies:
        return SearchMovies(self.catalogue, self.movie_source)

    @cached_property
    def audience(self) -> Audience:
        return Audience(None if self.settings.playback == "open" else self.settings.visibility)

    @cached_property
    def search_spoken(self) -> SearchSpoken:
        return SearchSpoken(self.spoken, self.assets, self.movies, self.audience, self.find_meanings)

    @cached_property
    def list_related(self) -> ListRelated:
        return ListRelated(self.catalogue, self.show_movie, self.assets, self.spoken, self.audience)

    @cached_property
    def list_movies(self) -> ListMovies:
        return ListMovies(self.catalogue, self.movie_source)

    @cached_property
    def show_movie(self) -> ShowMovie:
        return ShowMovie(self.catalogue, self.movie_source)

    @cached_property
    def show_statistics(self) -> ShowStatistics:
        return ShowStatistics(self.catalogue)

    @cached_property
    def create_movie(self) -> CreateMovie:
        return CreateMovie(self.catalogue)

    @cached_property
    def update_movie(self) -> UpdateMovie:
        return UpdateMovie(self.catalogue)

    @cached_property
    def delete_movie(self) -> DeleteMovie:
        return DeleteMovie(self.catalogue)


wiring = MoviesWiring(Settings)
