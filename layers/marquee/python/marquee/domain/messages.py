"""Messages: what Marquee's parts and its neighbours tell each other, as versioned contracts.

A message is a JSON object that says by `schema` what it is and in which version: `video.transcode/1`. Schemas
are published in `docs/schemas/`, made of these models. Within a version fields are only ever added, and readers
pass over those that they do not know; what could break a reader gets the next version, beside the old one for as
long as somebody may send it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError, create_model

from marquee.domain.errors import InvalidRequest, UnknownSchema
from marquee.domain.jobs import Problem
from marquee.domain.media import Model
from marquee.domain.pipeline import Source

MessageName = Literal[
    "video.uploaded",
    "video.transcode",
    "video.transcode.result",
    "video.generate_thumbnails",
    "video.generate_thumbnails.result",
    "video.generate_subtitles",
    "video.generate_subtitles.result",
    "video.ai_analysis",
    "video.ai_analysis.result",
]
PluginPoint = Literal["before_publish", "after_ready"]
Ended = Literal["completed", "failed", "canceled"]
Enriched = Literal["completed", "failed", "skipped"]
M = TypeVar("M", bound=Model)


class VideoUploaded(Model):
    """A source lies in the uploads bucket: what begins a job. `source.key` is `uploads/{upload_id}/source`."""

    upload_id: str
    asset_id: str
    job_id: str
    source: Source


class Run(Model):
    """Which run of which job, and the version of the asset that it makes. `attempt` counts from 1."""

    asset_id: str
    job_id: str
    version: int
    attempt: int


class Order(Run):
    """Work to be done on `source`; what comes of it lies in `media_bucket`, below `media/{asset_id}/{version}/`."""

    media_bucket: str
    source: Source


class TranscodeVideo(Order):
    """Make a streamable asset of the source: the input of an execution of the pipeline."""


class GenerateThumbnails(Order):
    """Make poster, storyboard and preview pictures."""


class GenerateSubtitles(Order):
    """Make captions of what is said."""


class AnalyzeVideo(Order):
    """Find out what the film shows and says: shots, words on the screen, chapters, a verdict of moderation."""


class VideoTranscoded(Run):
    """How a run ended for viewers. `playback_url` and `dash_url` are root-relative, and null unless completed."""

    status: Ended
    playback_url: str | None = None
    dash_url: str | None = None
    error: Problem | None = None


class EnrichmentResult(Run):
    """How an enricher ended; `skipped`: it is switched off, or the film has nothing for it.

    What it made lies below `media_prefix` in the media bucket; the API's `GET /assets/{asset_id}` names it.
    """

    status: Enriched
    media_prefix: str
    error: Problem | None = None


class ThumbnailsGenerated(EnrichmentResult):
    """`images/…`: poster, storyboard, previews."""


class SubtitlesGenerated(EnrichmentResult):
    """`transcript.json`, and a folder for each track of text."""


class VideoAnalyzed(EnrichmentResult):
    """`analysis.json`."""


class PluginCall(Run):
    """A plug-in is asked. `task_token` is what the answer is sent with, by `states:SendTaskSuccess`, until
    `answer_within_seconds` have passed since `time`."""

    point: PluginPoint
    media_bucket: str
    media_prefix: str
    source: Source
    task_token: str
    answer_within_seconds: int


class PluginAnswer(Model):
    """What a plug-in says. `reason` is one sentence for people: it is shown on the job."""

    answer: Literal["approve", "refuse"]
    reason: Annotated[str, Field(max_length=500)] = ""


MESSAGES: Mapping[str, type[Model]] = {
    "video.uploaded": VideoUploaded,
    "video.transcode": TranscodeVideo,
    "video.transcode.result": VideoTranscoded,
    "video.generate_thumbnails": GenerateThumbnails,
    "video.generate_thumbnails.result": ThumbnailsGenerated,
    "video.generate_subtitles": GenerateSubtitles,
    "video.generate_subtitles.result": SubtitlesGenerated,
    "video.ai_analysis": AnalyzeVideo,
    "video.ai_analysis.result": VideoAnalyzed,
}
VERSION = 1  # of all of them: what is sent today
# Every schema that today's code reads. A version leaves when nobody can send it any more.
SCHEMAS: dict[str, type[Model]] = {
    **{f"{name}/{VERSION}": model for name, model in MESSAGES.items()},
    "plugin.before_publish/1": PluginCall,
    "plugin.after_ready/1": PluginCall,
    "plugin.answer/1": PluginAnswer,
}


def schema_of(name: str, version: int = VERSION) -> str:
    """What a message of this name says it is."""
    return f"{name}/{version}"


def whole_message(schema: str, data: type[Model]) -> type[Model]:
    """A message as it travels: `data` with its `schema`, and with `id` and `time` when it is told to everybody.

    `id` names the fact: what is told again comes under the same one.
    """
    fields: dict[str, Any] = {
        "schema_": (Literal[schema], Field(alias="schema")),
        "id": (str | None, Field(default=None, description="Names the fact; the same fact, the same id.")),
        "time": (datetime | None, Field(default=None, description="When the fact came about.")),
    }
    return create_model(data.__name__, __base__=data, __doc__=data.__doc__, **fields)


def check_schema(given: Mapping[str, Any]) -> None:
    """Raises `UnknownSchema` when a message says it is something that today's code cannot read.

    One that says nothing is from before there were schemas, and in the form of version 1.
    """
    schema = given.get("schema")
    if schema is not None and str(schema) not in SCHEMAS:
        raise UnknownSchema(f"There is no schema {str(schema)[:100]!r} here.")


def read_message(text: str | bytes, name: MessageName, expected: type[M]) -> M:
    """The message `name` in a text, which may be wrapped in an event of EventBridge.

    Raises `UnknownSchema` for anything else, and `InvalidRequest` for what is not as its schema says.
    """
    try:
        given = json.loads(text)
    except ValueError as error:
        raise InvalidRequest("The message is no JSON.") from error
    if isinstance(given, dict) and "detail-type" in given:
        given = given.get("detail")
    if not isinstance(given, dict):
        raise InvalidRequest("The message is no JSON object.")
    schema = given.get("schema")
    model = SCHEMAS.get(str(schema)) if str(schema).rpartition("/")[0] == name else None
    if model is None or not issubclass(model, expected):
        raise UnknownSchema(f"{str(schema)[:100]!r} is no version of {name} that is known here.")
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise InvalidRequest(f"The message is not as {schema} says: {error.errors()[0]['msg']}.") from error
