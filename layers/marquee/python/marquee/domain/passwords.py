"""Where the database's password is kept, and who is let in by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

# Secrets Manager's marks of versions: what readers get, and what is on its way there.
CURRENT = "AWSCURRENT"
PENDING = "AWSPENDING"

Secret = dict[str, object]


class SecretVersions(Protocol):
    """The versions of one secret."""

    def stages(self) -> Mapping[str, frozenset[str]]:
        """What each version is marked as, by its token."""
        ...

    def read(self, token: str) -> Secret: ...

    def write_pending(self, token: str, secret: Secret) -> None: ...

    def make_current(self, token: str, *, instead_of: str) -> None: ...


class PasswordStore(Protocol):
    """The database, as far as its users are concerned."""

    def opens(self, secret: Secret) -> bool:
        """Whether this user and password are let in. Raises `TransientError` when nobody is there to say."""
        ...

    def change(self, secret: Secret, *, password: str) -> None:
        """Give the user of `secret`, who signs in with it, another password."""
        ...
