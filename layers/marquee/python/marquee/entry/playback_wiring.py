"""What all functions that deal with playback sessions work with."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property, partial
from typing import TypeVar

from pydantic import Json

from marquee.domain.playback import PlaybackSigner, RevocationList, Visibility
from marquee.entry.settings import ProcessSettings
from marquee.entry.wiring import Wiring


class RevocationSettings(ProcessSettings):
    """`revocations_store` is the ARN of the key-value store that the edge reads."""

    revocations_store: str


class PlaybackSettings(RevocationSettings):
    """`signing_key_ids` are CloudFront's names of public keys, by generation. `site_parameter` names where the
    site's address is written. `session_seconds` is how long a session lasts."""

    playback: str
    signing_secret_arn: str
    signing_key_ids: Json[dict[str, str]]
    site_parameter: str
    session_seconds: int
    visibility: Visibility
    secure_cookies: bool = True

    @property
    def lifetime(self) -> timedelta:
        return timedelta(seconds=self.session_seconds)


R = TypeVar("R", bound=RevocationSettings)
P = TypeVar("P", bound=PlaybackSettings)


class RevocationWiring(Wiring[R]):
    """The list at the edge."""

    @cached_property
    def revoked(self) -> RevocationList:
        from marquee.adapters.revocations import EdgeRevocations

        return EdgeRevocations(self.settings.revocations_store)


class PlaybackWiring(RevocationWiring[P]):
    """Keys and the site's address; both are asked for once a process."""

    @cached_property
    def signer(self) -> PlaybackSigner:
        from marquee.adapters.playback_keys import KeySigner
        from marquee.adapters.secrets import read_secret

        return KeySigner(partial(read_secret, self.settings.signing_secret_arn), self.settings.signing_key_ids)

    @cached_property
    def site(self) -> str:
        from marquee.adapters.parameters import read_parameter

        return read_parameter(self.settings.site_parameter)
