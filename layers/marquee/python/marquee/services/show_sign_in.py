"""What a client needs to know to sign somebody in."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel


class SignIn(BaseModel):
    """`endpoint` answers `InitiateAuth` for `client_id`; `token_endpoint` and `authorize_url` are null without a
    domain. `providers`: foreign accounts that can be used at `authorize_url`."""

    issuer: str
    client_id: str
    endpoint: str
    token_endpoint: str | None
    authorize_url: str | None
    providers: list[str]
    self_sign_up: bool
    terms_version: str


@dataclass(frozen=True)
class ShowSignIn:
    """`GET /identity`. `domain` is the user pool's own address, or empty."""

    issuer: str
    client_id: str
    endpoint: str
    domain: str
    providers: str
    self_sign_up: bool
    terms_version: str

    def __call__(self) -> SignIn:
        providers = self.providers.split()
        return SignIn(
            issuer=self.issuer,
            client_id=self.client_id,
            endpoint=self.endpoint,
            token_endpoint=f"{self.domain}/oauth2/token" if self.domain else None,
            authorize_url=f"{self.domain}/oauth2/authorize" if self.domain and providers else None,
            providers=providers,
            self_sign_up=self.self_sign_up,
            terms_version=self.terms_version,
        )
