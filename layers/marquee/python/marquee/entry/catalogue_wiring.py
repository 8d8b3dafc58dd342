"""Our own movies and what ties assets to them, each built when it is first used."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from marquee.domain.movie_store import MovieStore
from marquee.entry.settings import CatalogueSettings
from marquee.entry.tmdb_wiring import CachingWiring
from marquee.entry.wiring import DatabaseWiring
from marquee.services.link_movie import LinkMovie

S = TypeVar("S", bound=CatalogueSettings)


class CatalogueWiring(DatabaseWiring[S], CachingWiring[S]):
    """Movies in the database, and the links from them."""

    @cached_property
    def movies(self) -> MovieStore:
        from marquee.adapters.movies import DatabaseMovies

        return DatabaseMovies(self.database)

    @cached_property
    def link_movie(self) -> LinkMovie:
        return LinkMovie(self.movies, self.assets, self.cache)
