"""What an environment chooses to make of a film besides the film: `infra/environments.py` holds the choices."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Enrichment(BaseModel):
    """Who listens to films and looks at them, and whether viewers wait for the verdict.

    `captions_provider`: `sphinx` and `whisper` are workers of ours, `transcribe` is Amazon's. `embedding_provider`:
    who makes vectors of what is said, for a search by meaning. `chunk_concurrency`: how many pieces of one film are
    listened to at once. `model_path`: where Whisper's model lies in its image. `language_model`:
    Bedrock's id of the model, or inference profile, that describes films under `amazon`; None: none does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    captions_provider: Literal["off", "sphinx", "transcribe", "whisper"] = "off"
    analysis_provider: Literal["off", "local", "amazon"] = "off"
    embedding_provider: Literal["bedrock"] | None = None
    moderation: Literal["allow", "hold", "block"] = "allow"
    memory_mib: int = Field(default=1769, ge=512, le=10_240)
    chunk_concurrency: int = Field(default=4, ge=1, le=40)
    whisper_cpu_units: Literal[2048, 4096, 8192, 16384] = 4096
    whisper_memory_mib: int = Field(default=16_384, ge=4096, le=122_880)
    model_path: str = "/models/whisper"
    language_model: str | None = "amazon.nova-lite-v1:0"

    @property
    def asks_amazon(self) -> bool:
        """Whether services are called that have no endpoint in our network."""
        listens, looks = self.captions_provider == "transcribe", self.analysis_provider == "amazon"
        return listens or looks or self.embedding_provider is not None

    @property
    def looks_by_amazon(self) -> bool:
        """Whether the function that looks at films asks services for it."""
        return self.analysis_provider == "amazon"

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks of a job that this environment does."""
        captions = () if self.captions_provider == "off" else ("captions",)
        return ("images", *captions, *(() if self.analysis_provider == "off" else ("analysis",)))
