"""What is searched of films' text, for those who write it and those who look for it."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, TypeVar

from marquee.domain.spoken import Embeddings
from marquee.entry.settings import DatabaseSettings
from marquee.entry.wiring import DatabaseWiring
from marquee.services.embed_passages import EmbedPassages
from marquee.services.find_meanings import FindMeanings
from marquee.services.index_spoken import IndexSpoken

# How long one vector may take: who searches waits for it.
INDEXING_SECONDS, SEARCHING_SECONDS = 4.0, 1.5

EmbeddingProvider = Literal["", "bedrock"]


class SpokenSettings(DatabaseSettings):
    """`embedding_provider`: who makes vectors of texts, for a search by meaning; empty: nobody. `embedding_model`:
    with what, by the provider's name."""

    embedding_provider: EmbeddingProvider = ""
    embedding_model: str = ""


S = TypeVar("S", bound=SpokenSettings)


def embeddings_of(settings: SpokenSettings, read_timeout_seconds: float) -> Embeddings | None:
    """The maker of vectors that the environment chose."""
    if not settings.embedding_provider:
        return None
    from marquee.adapters.bedrock import BedrockRuntime
    from marquee.adapters.embeddings import TitanEmbeddings

    return TitanEmbeddings(settings.embedding_model, BedrockRuntime(read_timeout_seconds=read_timeout_seconds))


class SpokenWiring(DatabaseWiring[S]):
    """`text_changed` is for whoever changes an asset's text."""

    @cached_property
    def embed_passages(self) -> EmbedPassages | None:
        made = embeddings_of(self.settings, INDEXING_SECONDS)
        return None if made is None else EmbedPassages(self.spoken, made)

    @cached_property
    def find_meanings(self) -> FindMeanings | None:
        made = embeddings_of(self.settings, SEARCHING_SECONDS)
        return None if made is None else FindMeanings(self.spoken, made)

    def text_changed(self, media_bucket: str, asset_id: str) -> None:
        """What is searched of the asset is brought in line; never raises."""
        IndexSpoken(self.assets, self.objects, self.spoken, media_bucket, self.embed_passages).quietly(asset_id)
