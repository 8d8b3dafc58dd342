"""What `purge_tmdb` works with, built on first use."""

from functools import cached_property

from marquee.domain.tmdb_copies import TmdbCopies
from marquee.entry.tmdb_wiring import TmdbWiring
from marquee.entry.wiring import DatabaseWiring
from marquee.services.purge_tmdb import PurgeTmdb

from purge_tmdb.settings import Settings


class PurgeTmdbWiring(DatabaseWiring[Settings], TmdbWiring[Settings]):
    """The use case over movies and TMDB."""

    @cached_property
    def tmdb_copies(self) -> TmdbCopies:
        from marquee.adapters.tmdb_copies import DatabaseTmdbCopies

        return DatabaseTmdbCopies(self.database)

    @cached_property
    def purge_tmdb(self) -> PurgeTmdb:
        return PurgeTmdb(self.tmdb_copies, self.movie_source)


wiring = PurgeTmdbWiring(Settings)
