"""Who calls: a person or a machine that has shown a token, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["admin", "premium", "free"]
Tier = Literal["admin", "premium", "free", "api", "anonymous"]

ROLES: tuple[Role, ...] = ("admin", "premium", "free")  # the highest first


@dataclass(frozen=True, slots=True)
class Principal:
    """`subject`: the user's id, or the client's for a machine; None for nobody.

    `roles` are a user's groups, or what a machine's scopes allow.
    """

    subject: str | None
    roles: frozenset[Role] = frozenset()
    machine: bool = False

    @property
    def tier(self) -> Tier:
        """What the limits go by."""
        if self.subject is None:
            return "anonymous"
        if self.machine:
            return "api"
        return next((role for role in ROLES if role in self.roles), "free")

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles


NOBODY = Principal(subject=None)
