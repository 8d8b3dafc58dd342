"""What `signing_keys` works with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import Wiring
from marquee.services.make_signing_keys import MakeSigningKeys

from signing_keys.settings import Settings


class SigningKeysWiring(Wiring[Settings]):
    """The use case of signing_keys."""

    @cached_property
    def make_signing_keys(self) -> MakeSigningKeys:
        from marquee.adapters.key_secret import KeySecret

        return MakeSigningKeys(KeySecret(self.settings.signing_secret_arn))


wiring = SigningKeysWiring(Settings)
