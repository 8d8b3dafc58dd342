"""What `rotate_password` works with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import Wiring
from marquee.services.rotate_password import RotatePassword

from rotate_password.settings import Settings


class RotatePasswordWiring(Wiring[Settings]):
    """The use case of rotate_password."""

    @cached_property
    def rotate_password(self) -> RotatePassword:
        from marquee.adapters.secret_versions import DatabaseUsers, SecretVersionsOf

        arn = self.settings.database_secret_arn
        return RotatePassword(arn, SecretVersionsOf(arn), DatabaseUsers())


wiring = RotatePasswordWiring(Settings)
