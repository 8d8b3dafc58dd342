"""What an environment chooses about its accounts: `infra/environments.py` holds the choices themselves."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

HttpsAddress = str


class SocialProvider(BaseModel):
    """A foreign account that opens ours. The secret `secret_name` exists already and holds JSON:
    `{"client_secret": …}`, and for Apple `{"private_key": …}` instead; `team_id` and `key_id` are Apple's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["google", "facebook", "apple"]
    client_id: str = Field(min_length=1)
    secret_name: str = Field(min_length=1, max_length=512)
    team_id: str | None = None
    key_id: str | None = None

    @model_validator(mode="after")
    def _apple_has_its_key(self) -> Self:
        if (self.kind == "apple") != bool(self.team_id and self.key_id):
            raise ValueError("team_id and key_id are for kind='apple', and needed there")
        return self


class Identity(BaseModel):
    """Who may have an account, how it is opened, and how long it is remembered unused.

    `domain`: whether the user pool has an address of its own. Machine clients get their tokens there, and social
    sign-in passes through it; AWS then no longer answers for the pool at interface endpoints.
    `callback_urls`: pages that social sign-in may return to. `terms_version`: what users are asked to accept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    domain: bool = True
    self_sign_up: bool = True
    multi_factor: Literal["off", "optional", "required"] = "optional"
    social: tuple[SocialProvider, ...] = ()
    callback_urls: tuple[HttpsAddress, ...] = ()
    terms_version: str = Field(default="2026-11-01", pattern=r"^[0-9A-Za-z.-]{1,32}$")
    account_days: int = Field(default=730, ge=30)

    @model_validator(mode="after")
    def _social_sign_in_can_return(self) -> Self:
        if self.social and not (self.domain and self.callback_urls):
            raise ValueError("social sign-in needs the pool's domain and callback_urls to return to")
        if len({provider.kind for provider in self.social}) != len(self.social):
            raise ValueError("each kind of social provider at most once")
        return self
