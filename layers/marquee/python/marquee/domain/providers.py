"""Foreign sources of films, as an environment configures them. None is shipped switched on."""

from __future__ import annotations

from typing import Literal, Protocol

from marquee.domain.media import Model

SourceKind = Literal["hls", "dash", "embed"]


class Provider(Model):
    """`url` has `{tmdb_id}` in it; a lower `priority` is offered earlier. Without `health_url` it is taken to be
    well."""

    name: str
    kind: SourceKind
    url: str
    priority: int = 100
    health_url: str | None = None

    def address(self, tmdb_id: int) -> str:
        return self.url.replace("{tmdb_id}", str(tmdb_id))


class ProviderHealth(Protocol):
    def is_well(self, provider: Provider) -> bool:
        """What is known of it, asked anew now and then. Never raises; bounded in time."""
        ...
