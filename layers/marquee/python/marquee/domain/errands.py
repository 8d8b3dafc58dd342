"""What a function without a way out has another one ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Errand(BaseModel):
    """A GET of `url`, to be answered within `seconds`."""

    model_config = ConfigDict(frozen=True)

    url: str = Field(max_length=4096)
    headers: Mapping[str, str]
    seconds: Annotated[float, Field(gt=0, le=30)]


class Found(BaseModel):
    """The answer. `status` 0: there was none. `body` in base64."""

    model_config = ConfigDict(frozen=True)

    status: int = 0
    body: str = ""
    retry_after: str | None = None
