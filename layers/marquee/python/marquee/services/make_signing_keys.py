"""Make the keys that playback sessions are signed with, and go on to the next ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Protocol

from pydantic import Field

from marquee.domain.media import Model


class KeyStore(Protocol):
    def bring_to(self, generation: int) -> Mapping[str, str]:
        """Makes `generation` the current one; gives the public halves of it and the one before, in PEM, by
        generation. Raises `Conflict` for a generation that is not the next, this or the last."""
        ...


class SigningKeysRequest(Model):
    """The custom resource's properties."""

    generation: Annotated[int, Field(ge=1, alias="Generation")]


@dataclass(frozen=True)
class MakeSigningKeys:
    """The custom resource `Custom::SigningKeys`; its attributes are `PublicKey{generation}`."""

    keys: KeyStore

    def __call__(self, wanted: SigningKeysRequest) -> dict[str, str]:
        return {f"PublicKey{generation}": pem for generation, pem in self.keys.bring_to(wanted.generation).items()}
