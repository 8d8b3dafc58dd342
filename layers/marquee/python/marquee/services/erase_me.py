"""Removes an account and everything personal, and says what stays, why and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from marquee.domain.accounts import REMEMBERED_ERASED, Accounts, PersonalData, UserStore
from marquee.domain.clock import Clock, utc_now
from marquee.domain.identity import Principal
from marquee.services.signed_in_user import subject_of


class Kept(BaseModel):
    """`days`: when it is gone, too."""

    what: str
    why: str
    days: int


class Erased(BaseModel):
    """`erased`: how many records by area. `kept`: what is not removed now."""

    subject: str
    erased: dict[str, int]
    kept: list[Kept]


@dataclass(frozen=True)
class EraseMe:
    """`DELETE /me`. Called again it goes on where it failed, and finds nothing when all was done.

    `log_days`: how long request logs stay; `backup_days`: how long backups do, 0 when they are not ours.
    """

    users: UserStore
    accounts: Accounts
    personal: Sequence[PersonalData]
    log_days: int
    backup_days: int
    clock: Clock = utc_now

    def __call__(self, principal: Principal) -> Erased:
        """The identity provider comes last: as long as something is left, the caller can sign in and try again."""
        subject = subject_of(principal)
        # First of all nothing new: a token that still works opens nothing from here on.
        self.users.erase(subject, self.clock())
        erased = {area.name: area.erase(subject) for area in self.personal}
        self.accounts.delete(subject)
        return Erased(subject=subject, erased={"account": 1, **erased}, kept=self._kept())

    def _kept(self) -> list[Kept]:
        kept = [
            Kept(
                what="The account's number, which names nobody any more, and that it was deleted",
                why="Tokens given out before would otherwise open the account again",
                days=REMEMBERED_ERASED.days,
            ),
            Kept(
                what="Request logs with network addresses and times",
                why="To find faults and attacks; they are not searched by person",
                days=self.log_days,
            ),
        ]
        if self.backup_days:
            kept.append(
                Kept(
                    what="Backups of the database from before",
                    why="To restore the service after a loss; they are overwritten in turn",
                    days=self.backup_days,
                )
            )
        return kept
