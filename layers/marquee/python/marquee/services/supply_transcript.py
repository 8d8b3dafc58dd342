"""The owner of a film says what is said in it: its captions get his words, on the times of what was heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from marquee.domain import keys
from marquee.domain.errors import Conflict, InvalidRequest, NotFound
from marquee.domain.media import Model
from marquee.domain.ports import ObjectStore
from marquee.domain.speech import SpeechSource, Transcript
from marquee.domain.stores import AssetStore
from marquee.services.cancel_job import JobAccepted
from marquee.services.retry_task import RetryTask

TEXT_TYPE = "text/plain; charset=utf-8"


class SuppliedTranscript(Model):
    """Body of `PUT /assets/{id}/transcript`: every word that is spoken, in order, and nothing else."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1), Field(examples=["To be, or not to be."])
    ]


class TranscriptAnswer(Model):
    """What is said in the film. `draft`: heard by a machine that is often wrong."""

    language: str
    source: SpeechSource
    draft: bool
    confidence: float | None
    text: str


@dataclass(frozen=True)
class SupplyTranscript:
    """`PUT /assets/{id}/transcript`: the captions are made again, by the state machine."""

    assets: AssetStore
    objects: ObjectStore
    media_bucket: str
    retry_task: RetryTask

    def __call__(self, asset_id: str, supplied: SuppliedTranscript) -> JobAccepted:
        """Raises NotFound, and Conflict where captions cannot be made (again) now."""
        asset = self.assets.get(asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        version = asset.current_version
        if version is None:
            raise Conflict("The film is not finished; say what is said in it when it is.", code="not_playable")
        if not any(letter.isalnum() for letter in supplied.text):
            raise InvalidRequest("There is no word in the transcript.", code="no_words")
        key = keys.supplied_transcript_key(asset_id, version)

        def keep() -> None:
            self.objects.put(self.media_bucket, key, supplied.text.encode(), content_type=TEXT_TYPE)

        return self.retry_task(asset.job_id, "captions", prepare=keep, completed_too=True)


@dataclass(frozen=True)
class ShowTranscript:
    """`GET /assets/{id}/transcript`."""

    assets: AssetStore
    objects: ObjectStore
    media_bucket: str

    def __call__(self, asset_id: str) -> TranscriptAnswer:
        asset = self.assets.get(asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        stored = None
        if asset.version_to_play is not None:
            stored = self.objects.get(self.media_bucket, keys.transcript_key(asset_id, asset.version_to_play))
        if stored is None:
            raise NotFound("Nobody has listened to the film, or nothing is said in it.")
        transcript = Transcript.model_validate_json(stored.body)
        same = {name: getattr(transcript, name) for name in TranscriptAnswer.model_fields}
        return TranscriptAnswer(**same)
