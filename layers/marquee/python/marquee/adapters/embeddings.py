"""Vectors of texts by Amazon Titan (`domain.spoken.Embeddings`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from pydantic import Field, ValidationError

from marquee.domain.errors import PermanentError
from marquee.domain.media import Model
from marquee.domain.spoken import Vector

# The smallest that Titan makes: with it a library's vectors are read in one go, and little is lost.
DIMENSIONS = 256
MAX_CHARACTERS = 8_000  # Titan takes some more, but a passage never has that many
AT_ONCE = 8  # it takes one text a call


class Asking(Protocol):
    """`BedrockRuntime`, as far as it is needed here."""

    def ask(self, model_id: str, operation: str, body: dict[str, object]) -> object: ...


class _Answer(Model):
    embedding: tuple[float, ...] = Field(min_length=1)


class TitanEmbeddings:
    """Safe to use from several threads. `model_id`: Titan, version 2, by Amazon's name."""

    def __init__(self, model_id: str, runtime: Asking, *, dimensions: int = DIMENSIONS) -> None:
        self.name = f"{model_id}/{dimensions}"
        self._model_id = model_id
        self._runtime = runtime
        self._dimensions = dimensions

    def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        if len(texts) == 1:
            return (self._one(texts[0]),)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return tuple(pool.map(self._one, texts))

    def _one(self, text: str) -> Vector:
        question = {"inputText": text[:MAX_CHARACTERS], "dimensions": self._dimensions, "normalize": True}
        try:
            said = self._runtime.ask(self._model_id, "invoke", question)
            vector = _Answer.model_validate(said).embedding
        except ValidationError as error:
            raise PermanentError("Bedrock's answer is no vector.", code="provider_garbage") from error
        length = math.hypot(*vector)
        if len(vector) != self._dimensions or not math.isfinite(length) or length == 0:
            raise PermanentError("Bedrock's answer is no vector.", code="provider_garbage")
        return tuple(number / length for number in vector)
