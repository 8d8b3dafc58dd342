"""Services that look at pictures and write about films; adapters implement these, tests fake them.

Every method raises `TransientError` when the service is away, throttled or slow, after the adapter's own capped
retries, and `PermanentError` for what it will never do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pydantic import Field

from marquee.domain.errors import PermanentError
from marquee.domain.media import Model


class Sighting(Model):
    """A name that a service gives to something in a picture, and how sure it is (0..1)."""

    name: str
    confidence: float = Field(ge=0, le=1)


class PictureExaminer(Protocol):
    """Looks at one picture (JPEG bytes) at a time. Safe to use from several threads. `name`: for `Finding.source`."""

    name: str

    def labels(self, picture: bytes) -> Sequence[Sighting]:
        """Things and activities in it."""
        ...

    def objections(self, picture: bytes) -> Sequence[Sighting]:
        """What a moderator would look at; empty: nothing."""
        ...


class LanguageModel(Protocol):
    """Answers in a given form. `name`: for `Finding.source`."""

    name: str

    def answer(self, system: str, prompt: str, schema: Mapping[str, Any], *, max_tokens: int) -> Mapping[str, Any]:
        """An object that was asked for by its JSON `schema`; whether it keeps to it is for the caller to see.

        Raises `ModelRefused` when the model says no, or does not get done within `max_tokens`.
        """
        ...


class ModelRefused(PermanentError):
    """The language model declined, was stopped by a filter, or did not answer in the form."""

    code = "model_refused"
