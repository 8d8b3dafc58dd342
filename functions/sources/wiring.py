"""What the routes of `sources` work with, built on first use."""

from __future__ import annotations

from functools import cached_property

from marquee.domain.movie_store import MovieStore
from marquee.domain.providers import ProviderHealth
from marquee.entry.wiring import ANSWERING_SECONDS, CacheWiring, DatabaseWiring
from marquee.services.list_sources import ListSources
from marquee.services.show_embed import ShowEmbed

from sources.settings import Settings


class SourcesWiring(DatabaseWiring[Settings], CacheWiring[Settings]):
    """Use cases of sources."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def movies(self) -> MovieStore:
        from marquee.adapters.movies import DatabaseMovies

        return DatabaseMovies(self.database)

    @cached_property
    def health(self) -> ProviderHealth:
        from marquee.adapters.breaker import SharedBreaker
        from marquee.adapters.cache import serving_cache
        from marquee.adapters.provider_health import CheckedProviders

        cache = serving_cache(self.valkey, metrics=self.metrics)
        return CheckedProviders(cache, lambda name: SharedBreaker(self.valkey, name, metrics=self.metrics))

    @cached_property
    def list_sources(self) -> ListSources:
        return ListSources(self.movies, self.assets, self.settings.providers, self.health)

    @cached_property
    def show_embed(self) -> ShowEmbed:
        return ShowEmbed(self.list_sources, self.settings.embed_origins)


wiring = SourcesWiring(Settings)
