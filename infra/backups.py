"""What an environment chooses about copies of its data: `infra/environments.py` holds the choices themselves."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from infra.choice import Choice


class Backups(Choice):
    """Snapshots of the database in a vault of their own, and sources that can be had again after they were deleted.

    `nightly_days`, `monthly_days`: how long each is kept; `locked_days`: for so long nobody can delete one.
    `deleted_source_days`: how long a source that was deleted, by mistake or on purpose, can still be brought back.
    """

    nightly_days: int = Field(default=35, ge=1, le=365)
    monthly_days: int = Field(default=365, ge=1, le=3650)
    locked_days: int = Field(default=7, ge=1, le=365)
    deleted_source_days: int = Field(default=30, ge=1, le=365)

    @model_validator(mode="after")
    def _kept_longer_than_locked(self) -> Self:
        if min(self.nightly_days, self.monthly_days) < self.locked_days:
            raise ValueError("a vault takes no snapshot that is to go before locked_days")
        return self
