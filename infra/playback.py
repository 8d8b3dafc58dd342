"""What an environment chooses about watching: `infra/environments.py` holds the choices themselves."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Provider(BaseModel):
    """A foreign source of films. In addresses `{tmdb_id}` stands for the film's number there.

    `kind`: what its address gives, a playlist, a manifest, or a page to be framed. A lower `priority` is offered
    earlier. `health_url` is asked whether the provider is well; without one it is taken to be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    kind: Literal["hls", "dash", "embed"]
    url: str = Field(pattern=r"^https://[^\s{}]+(\{tmdb_id\}[^\s{}]*)+$")
    priority: int = 100
    health_url: str | None = Field(default=None, pattern=r"^https://\S+$")


class Playback(BaseModel):
    """`closed`: only who has opened a session may watch. `open`: whoever knows a film's address; for networks that
    do not reach the list of revoked sessions.

    `key_generation` is raised by one to go on to a new signing key (docs/runbooks/signing-keys.md). `visibility`
    is that of films that say nothing else. `embed_origins`: sites that may frame a film's page; none by default.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    access: Literal["closed", "open"] = "closed"
    key_generation: int = Field(default=1, ge=1)
    session_hours: int = Field(default=12, ge=1, le=24)
    visibility: Literal["public", "signed_in", "premium"] = "signed_in"
    embed_origins: tuple[str, ...] = ()
    providers: tuple[Provider, ...] = ()
