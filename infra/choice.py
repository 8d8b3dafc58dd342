"""What all choices of an environment have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Choice(BaseModel):
    """Frozen, and closed: a misspelt choice is an error, not a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")
