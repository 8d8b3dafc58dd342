"""What `warm_films` works with, built on first use."""

from functools import cached_property

from marquee.entry.tmdb_wiring import TmdbWiring
from marquee.services.warm_films import WarmFilms

from warm_films.settings import Settings


class WarmFilmsWiring(TmdbWiring[Settings]):
    """The use case over the source that viewers are served from."""

    @cached_property
    def warm_films(self) -> WarmFilms:
        return WarmFilms(self.movie_source)


wiring = WarmFilmsWiring(Settings)
